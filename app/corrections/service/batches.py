"""Batches: joining the open one, locking, exporting exactly once, and the ledger's answer."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.queries import same_human_ids
from app.accounts.rules import Permission, require
from app.corrections.commands import AckFault, AcknowledgeBatch, ExportBatch, LockBatch
from app.corrections.events import (
    BatchExported,
    BatchLocked,
    CorrectionAcknowledged,
    CorrectionFailed,
)
from app.corrections.models import Batch, BatchLine, Correction, ExportFile
from app.corrections.queries.batches import export_rows, file_of, frozen_rows, lines_of_batch
from app.corrections.rules.batches import (
    AckResult,
    BatchEvent,
    BatchState,
    check_ack,
    check_lockable,
    is_repeated_ack,
    next_batch_state,
)
from app.corrections.rules.lifecycle import CorrectionEvent
from app.corrections.rules.seen import seen_hash
from app.corrections.service.rows import move, note, note_batch, take_batch
from app.exports.formats import neutral
from app.infra.db.transaction import Tx
from app.infra.outbox import emit
from app.infra.storage.port import AlreadyThere, Storage
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale, Unavailable
from app.kernel.words import words as _

FILE_LIMIT = 64 * 1024 * 1024
"""Bytes of one export; 500 lines a correction and thousands of corrections stay far below."""

_ACK_EVENTS = {
    AckResult.POSTED: CorrectionEvent.ACKNOWLEDGE,
    AckResult.MISMATCH: CorrectionEvent.MISMATCH,
    AckResult.RETURNED: CorrectionEvent.RETURN,
}


def put_into_open_batch(tx: Tx, row: Correction, actor: Actor, clock: Clock) -> UUID:
    """Join the open batch of the correction's currency, opening one when there is none. Returns its id.

    While a batch is being locked this waits, and then opens the next (B100).
    """
    batch = _open_batch(tx, row.currency, actor, clock)
    tx.add(
        BatchLine(
            id=uuid4(),
            batch_id=batch.id,
            correction_id=row.id,
            currency=row.currency,
            live=True,
            added_at=clock.now(),
        )
    )
    move(row, CorrectionEvent.BATCH)
    note(tx, row, actor, clock, "correction.batched", batch=str(batch.id))
    return batch.id


def _open_batch(tx: Tx, currency: str, actor: Actor, clock: Clock) -> Batch:
    where = (
        select(Batch)
        .where(
            Batch.currency == currency, Batch.state == BatchState.OPEN, Batch.reverses_id.is_(None)
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = tx.scalar(where)
    if found is not None:
        return found
    made = tx.execute(
        insert(Batch)
        .values(
            id=uuid4(),
            currency=currency,
            state=BatchState.OPEN,
            opened_at=clock.now(),
            version=1,
        )
        .on_conflict_do_nothing()
        .returning(Batch.id)
    ).first()
    batch = tx.scalars(where).one()
    if made is not None:
        note_batch(tx, batch, actor, clock, "batch.opened")
    return batch


def lock_batch(tx: Tx, command: LockBatch, actor: Actor, clock: Clock) -> None:
    """Close a batch for good: its rows are frozen as they stand. Raises Forbidden, NotFound, Refused, Stale."""
    require(actor, Permission.BATCH_LOCK)
    batch = take_batch(tx, command.batch_id)
    if command.version is not None and batch.version != command.version:
        raise Stale(_("This batch changed since you opened it."), version=batch.version)
    state = next_batch_state(BatchState(batch.state), BatchEvent.LOCK)
    rows = export_rows(tx, batch.id)
    check_lockable(len(rows))
    for line in lines_of_batch(tx, batch.id):
        line.frozen = [asdict(row) for row in rows if row.correction_id == str(line.correction_id)]
    tx.flush()
    batch.content_hash = _hash_of(rows)
    batch.locked_by = actor.person_id
    batch.locked_at = clock.now()
    _to(batch, state)
    note_batch(tx, batch, actor, clock, "batch.locked", content=batch.content_hash)
    emit(tx, BatchLocked(None, batch.id))


def export_batch(
    tx: Tx, command: ExportBatch, storage: Storage, actor: Actor, clock: Clock
) -> ExportFile:
    """Write the one file of a locked batch; asked again it names the same file (I2, B101).

    Bytes lie in the store before the row commits, under a key made of their hash: a crash in between
    leaves the batch locked, and trying again writes nothing new. Raises Forbidden for who locked it,
    NotFound, Refused while open, Unavailable when the store is away.
    """
    require(actor, Permission.BATCH_EXPORT)
    batch = take_batch(tx, command.batch_id)
    before = file_of(tx, batch.id)
    if before is not None:
        return before
    state = next_batch_state(BatchState(batch.state), BatchEvent.EXPORT)
    _refuse_locker(tx, batch, actor)
    rows = frozen_rows(tx, batch.id)
    if _hash_of(rows) != batch.content_hash:
        raise Refused(
            "content_changed", _("The frozen rows of this batch are not what was locked.")
        )
    made = _file(tx, batch, rows, storage, actor, clock)
    batch.exported_by = actor.person_id
    batch.exported_at = clock.now()
    _to(batch, state)
    note_batch(tx, batch, actor, clock, "batch.exported", sha256=made.sha256, rows=made.row_count)
    for row in _corrections(tx, batch.id):
        move(row, CorrectionEvent.EXPORT)
        note(tx, row, actor, clock, "correction.exported", batch=str(batch.id))
    emit(tx, BatchExported(None, batch.id, made.sha256))
    return made


def read_export(
    tx: Tx, batch_id: UUID, storage: Storage, actor: Actor, clock: Clock
) -> tuple[ExportFile, bytes]:
    """The file of a batch, byte for byte as it left; each reading is recorded (B184).

    Raises Forbidden, NotFound, Unavailable when the store is away or gives other bytes.
    """
    require(actor, Permission.BATCH_EXPORT)
    batch = take_batch(tx, batch_id)
    file = file_of(tx, batch_id)
    if file is None:
        raise NotFound
    content = b"".join(storage.open(file.object_key))
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise Unavailable("storage", "the stored export is not what was written")
    note_batch(tx, batch, actor, clock, "batch.downloaded", sha256=file.sha256)
    return file, content


def acknowledge_batch(tx: Tx, command: AcknowledgeBatch, actor: Actor, clock: Clock) -> None:
    """Enter the ledger's answer; the same one again does nothing (B102).

    Raises Forbidden, NotFound, Refused for another file, state or answer, Invalid for bad faults.
    """
    require(actor, Permission.BATCH_ACKNOWLEDGE)
    batch = take_batch(tx, command.batch_id)
    reference = command.reference.strip()
    if is_repeated_ack(BatchState(batch.state), batch.ledger_reference, reference):
        return
    state = next_batch_state(BatchState(batch.state), BatchEvent.ACKNOWLEDGE)
    file = file_of(tx, batch.id)
    check_ack(reference, file_sha256=file.sha256 if file else "", named_sha256=command.file_sha256)
    rows = _corrections(tx, batch.id)
    faults = _faults(command.faults, {row.id for row in rows})
    batch.ledger_reference = reference
    batch.acknowledged_by = actor.person_id
    batch.acknowledged_at = clock.now()
    _to(batch, state)
    note_batch(tx, batch, actor, clock, "batch.acknowledged", faults=len(faults))
    for row in rows:
        _answer(tx, row, batch, faults.get(row.id), actor, clock)


def _answer(
    tx: Tx, row: Correction, batch: Batch, fault: AckFault | None, actor: Actor, clock: Clock
) -> None:
    result = fault.result if fault else AckResult.POSTED
    row.ledger_note = fault.note.strip() if fault else None
    move(row, _ACK_EVENTS[result])
    note(tx, row, actor, clock, f"correction.{row.state}", words=row.ledger_note or "")
    if result is AckResult.POSTED:
        emit(tx, CorrectionAcknowledged(row.case_id, row.id, row.decision_id, batch.id))
    else:
        emit(
            tx,
            CorrectionFailed(row.case_id, row.id, row.decision_id, result, row.ledger_note or ""),
        )


def _faults(given: Iterable[AckFault], known: set[UUID]) -> dict[UUID, AckFault]:
    found = {fault.correction_id: fault for fault in given if fault.result is not AckResult.POSTED}
    if found.keys() - known:
        raise Invalid("faults", "unknown", _("A named correction is not in this batch."))
    if any(not fault.note.strip() for fault in found.values()):
        raise Invalid("faults", "required", _("Say what the ledger answered for each exception."))
    return found


def _refuse_locker(tx: Tx, batch: Batch, actor: Actor) -> None:
    if actor.person_id is None:
        raise Forbidden(Permission.BATCH_EXPORT.value, code="person_needed")
    if batch.locked_by in same_human_ids(tx, actor.person_id):
        raise Forbidden(
            _("You locked this batch, so somebody else exports it."), code="locked_by_you"
        )


def _file(
    tx: Tx,
    batch: Batch,
    rows: list[neutral.NeutralRow],
    storage: Storage,
    actor: Actor,
    clock: Clock,
) -> ExportFile:
    content = neutral.to_bytes(rows)
    totals = neutral.control_totals(rows)
    digest = hashlib.sha256(content).hexdigest()
    key = f"exports/{batch.id}/{digest}.{neutral.EXTENSION}"
    _store(storage, key, content, digest)
    file = ExportFile(
        id=uuid4(),
        batch_id=batch.id,
        format=neutral.NAME,
        filename=f"corrections-{batch.currency}-{batch.number}.{neutral.EXTENSION}",
        object_key=key,
        sha256=digest,
        size=len(content),
        row_count=totals.rows,
        gross_minor=totals.gross,
        withholding_minor=totals.withholding,
        net_minor=totals.net,
        created_by=actor.person_id,
        created_at=clock.now(),
    )
    tx.add(file)
    tx.flush()
    return file


def _store(storage: Storage, key: str, content: bytes, digest: str) -> None:
    """Write once; bytes left there by a crash before the commit are the same or an alarm."""
    waiting = storage.put_quarantine(io.BytesIO(content), FILE_LIMIT)
    try:
        storage.accept(waiting.key, key)
    except AlreadyThere:
        if hashlib.sha256(b"".join(storage.open(key))).hexdigest() != digest:
            raise Unavailable("storage", "another file lies where this export belongs") from None
    finally:
        storage.delete_quarantine(waiting.key)


def _corrections(tx: Tx, batch_id: UUID) -> list[Correction]:
    """Corrections of a batch, locked in one order for everybody: by case, then by id."""
    return list(
        tx.scalars(
            select(Correction)
            .join(BatchLine, BatchLine.correction_id == Correction.id)
            .where(BatchLine.batch_id == batch_id, BatchLine.live)
            .order_by(Correction.case_id, Correction.id)
            .with_for_update(of=Correction)
            .execution_options(populate_existing=True)
        )
    )


def _hash_of(rows: Iterable[neutral.NeutralRow]) -> str:
    plain: list[Any] = [asdict(row) for row in rows]
    return seen_hash(plain)


def _to(batch: Batch, state: BatchState) -> None:
    batch.state = state
    batch.version += 1
