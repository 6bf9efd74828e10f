"""What the ledger answered: to a batch as a whole, and later to the single correction it posted differently."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from app.accounts.rules import Permission, require
from app.corrections.commands import AckFault, AcknowledgeBatch, SettleMismatch
from app.corrections.events import CorrectionAcknowledged, CorrectionFailed
from app.corrections.models import Batch, Correction
from app.corrections.queries.batches import files_of, live_batch_of, pending_reversal
from app.corrections.rules.batches import (
    AckResult,
    BatchEvent,
    BatchState,
    check_ack,
    check_not_being_cancelled,
    is_repeated_ack,
    next_batch_state,
)
from app.corrections.rules.lifecycle import CorrectionEvent
from app.corrections.service.cancelling import finish_cancellation
from app.corrections.service.rows import (
    check_in_sight,
    corrections_in,
    move,
    move_batch,
    note,
    note_batch,
    take_batch,
    take_correction,
)
from app.infra.db.transaction import Tx
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, Refused, Stale
from app.kernel.text import clean_text
from app.kernel.words import words as _

_ACK_EVENTS = {
    AckResult.POSTED: CorrectionEvent.ACKNOWLEDGE,
    AckResult.MISMATCH: CorrectionEvent.MISMATCH,
    AckResult.RETURNED: CorrectionEvent.RETURN,
}
NOTE_LENGTH = 500


def acknowledge_batch(tx: Tx, command: AcknowledgeBatch, actor: Actor, clock: Clock) -> None:
    """Enter the ledger's answer; the same one again does nothing (B102). To a reversing batch: the one it turns
    back is cancelled and its corrections are free again.

    Raises Forbidden, NotFound, Refused for another file, state or answer, Invalid for bad faults.
    """
    require(actor, Permission.BATCH_ACKNOWLEDGE)
    batch = take_batch(tx, command.batch_id)
    reference = command.reference.strip()
    if is_repeated_ack(BatchState(batch.state), batch.ledger_reference, reference):
        return
    state = next_batch_state(BatchState(batch.state), BatchEvent.ACKNOWLEDGE)
    check_not_being_cancelled(pending_reversal(tx, batch.id))
    hashes = {file.sha256 for file in files_of(tx, batch.id)}
    check_ack(reference, file_hashes=hashes, named_sha256=command.file_sha256)
    rows = [] if batch.reverses_id else corrections_in(tx, batch.id)
    if not batch.reverses_id:
        check_in_sight(tx, batch.id, len(rows))
    faults = _faults(command.faults, {row.id for row in rows})
    batch.ledger_reference = reference
    batch.acknowledged_by = actor.person_id
    batch.acknowledged_at = clock.now()
    move_batch(batch, state)
    note_batch(tx, batch, actor, clock, "batch.acknowledged", faults=len(faults))
    for row in rows:
        _answer(tx, row, batch.id, faults.get(row.id), actor, clock)
    if batch.reverses_id:
        finish_cancellation(tx, batch, actor, clock)


def settle_mismatch(tx: Tx, command: SettleMismatch, actor: Actor, clock: Clock) -> None:
    """Say how a correction that the ledger posted differently ended: posted after all, or returned.

    Raises Forbidden, NotFound, Stale, Refused when it is no mismatch, Invalid without a note.
    """
    require(actor, Permission.BATCH_ACKNOWLEDGE)
    row = take_correction(tx, actor, command.correction_id)
    if row.version != command.version:
        raise Stale(_("This correction changed since you opened it."), version=row.version)
    if command.result is AckResult.MISMATCH:
        raise Invalid("result", "choice", _("Say whether it is posted now or was returned."))
    words = clean_text(command.note, field="note", max_length=NOTE_LENGTH, required=True)
    batch: Batch = live_batch_of(tx, row.id)
    _answer(
        tx,
        row,
        batch.id,
        AckFault(row.id, command.result, words),
        actor,
        clock,
    )


def post_mismatch(
    tx: Tx, row: Correction, batch_id: UUID, words: str, actor: Actor, clock: Clock
) -> None:
    """A locked correction that stood as a mismatch is posted after all; *words*: how that is known."""
    _answer(tx, row, batch_id, AckFault(row.id, AckResult.POSTED, words), actor, clock)


def _answer(
    tx: Tx, row: Correction, batch_id: UUID, fault: AckFault | None, actor: Actor, clock: Clock
) -> None:
    result = fault.result if fault else AckResult.POSTED
    row.ledger_note = fault.note.strip() if fault else None
    move(row, _ACK_EVENTS[result])
    note(tx, row, actor, clock, f"correction.{row.state}", words=row.ledger_note or "")
    if result is AckResult.POSTED:
        emit(tx, CorrectionAcknowledged(row.case_id, row.id, row.decision_id, batch_id))
    else:
        emit(
            tx,
            CorrectionFailed(row.case_id, row.id, row.decision_id, result, row.ledger_note or ""),
        )


def _faults(given: Iterable[AckFault], known: set[UUID]) -> dict[UUID, AckFault]:
    found = {fault.correction_id: fault for fault in given if fault.result is not AckResult.POSTED}
    if found and not known:
        raise Refused(
            "reversing_batch",
            _("A reversing batch is posted as a whole. Ask your ledger to post all of it."),
        )
    if found.keys() - known:
        raise Invalid("faults", "unknown", _("A named correction is not in this batch."))
    if any(not fault.note.strip() for fault in found.values()):
        raise Invalid("faults", "required", _("Say what the ledger answered for each exception."))
    return found
