"""Lines that a ledger calls by a name of its own, matched by hand with the correction they post; it counts as the rest does."""

from __future__ import annotations

from uuid import UUID, uuid4

from app.accounts.rules import Permission, require
from app.corrections.commands import MatchByHand, UndoMatch
from app.corrections.models import (
    Batch,
    Correction,
    Reconciliation,
    ReconciliationPair,
    ReconciliationRow,
)
from app.corrections.queries.reconciling import pair_at, row_of_correction, row_of_line
from app.corrections.rules.lifecycle import CorrectionState
from app.corrections.rules.reconciling import MatchedBy, MatchState, Told, state_by_hand
from app.corrections.service.rows import take_batch
from app.history.service import record
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.text import clean_text
from app.kernel.words import words as _


def match_by_hand(tx: Tx, command: MatchByHand, actor: Actor, clock: Clock) -> MatchState:
    """Match them; what the file said of both stays as it was. Nothing counts before the result is confirmed.

    Raises Forbidden, NotFound, Invalid for `line` and `reason`, Refused where a rule matched or somebody did before.
    """
    require(actor, Permission.BATCH_ACKNOWLEDGE)
    if actor.person_id is None:
        raise Forbidden(Permission.BATCH_ACKNOWLEDGE.value, code="person_needed")
    made, batch = _taken(tx, command.reconciliation_id)
    missing = row_of_correction(tx, made.id, command.correction_id)
    if missing is None:
        raise NotFound
    line = row_of_line(tx, made.id, command.line)
    if line is None:
        words = _("The file has no unknown line that begins there. Take a number of its lines.")
        raise Invalid("line", "not_found", words)
    reason = clean_text(command.reason, field="reason", max_length=1000, required=True)
    state = state_by_hand(_told(missing), _told(line))
    if pair_at(tx, made.id, missing.position, line.position) is not None:
        raise Refused("paired", _("One of the two is matched already. Take that back first."))
    pair = ReconciliationPair(
        id=uuid4(), reconciliation_id=made.id, missing_position=missing.position,
        unknown_position=line.position, state=state, reason=reason, by_id=actor.person_id, at=clock.now(),
    )  # fmt: skip
    tx.add(pair)
    tx.flush()
    said = {
        "batch": str(batch.id), "correction": str(command.correction_id), "line": command.line,
        "reference": line.reference, "state": state.value, "sha256": made.sha256, "reason": reason,
    }  # fmt: skip
    record(tx, actor, clock, verb="reconciliation.matched_by_hand", subject=_of(pair), data=said)
    return state


def undo_match(tx: Tx, command: UndoMatch, actor: Actor, clock: Clock) -> None:
    """Take it back, as long as the money of it does not count as posted. Raises Forbidden, NotFound, Refused."""
    require(actor, Permission.BATCH_ACKNOWLEDGE)
    made, batch = _taken(tx, command.reconciliation_id)
    missing = row_of_correction(tx, made.id, command.correction_id)
    pair = pair_at(tx, made.id, missing.position) if missing else None
    if pair is None:
        raise NotFound
    fix = tx.get_one(Correction, command.correction_id)
    if pair.state == MatchState.MATCHED and fix.state == CorrectionState.ACKNOWLEDGED:
        raise Refused("counted", _("It counts as posted already. Reverse the correction instead."))
    pair.ended_by_id, pair.ended_at = actor.person_id, clock.now()
    tx.flush()
    said = {"batch": str(batch.id), "correction": str(command.correction_id)}
    record(tx, actor, clock, verb="reconciliation.match_undone", subject=_of(pair), data=said)


def _of(pair: ReconciliationPair) -> tuple[str, UUID]:
    return ("reconciliation_pair", pair.id)


def _taken(tx: Tx, reconciliation_id: UUID) -> tuple[Reconciliation, Batch]:
    """The batch is locked, so that two do not match one line at once."""
    made = tx.get(Reconciliation, reconciliation_id)
    if made is None:
        raise NotFound
    return made, take_batch(tx, made.batch_id)


def _told(row: ReconciliationRow) -> Told:
    return Told(
        MatchState(row.state), row.reference, MatchedBy(row.matched_by), row.currency, row.expected_minor,
        row.posted_minor, tuple(map(int, row.lines.split())), row.posted_on,
        str(row.correction_id) if row.correction_id else None,
    )  # fmt: skip
