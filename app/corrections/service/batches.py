"""Batches: locking, exporting exactly once, and reading the very bytes again."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID, uuid4

from app.accounts.rules import Permission, require
from app.corrections.commands import ExportBatch, LockBatch
from app.corrections.events import BatchExported, BatchLocked
from app.corrections.models import Batch, ExportFile
from app.corrections.queries.batches import file_of, pending_reversal
from app.corrections.queries.exports import (
    Booking,
    accounts_in,
    export_rows,
    frozen_content,
    frozen_rows,
    lines_of_batch,
)
from app.corrections.rules.batches import (
    BatchEvent,
    BatchState,
    check_lockable,
    check_not_being_cancelled,
    next_batch_state,
)
from app.corrections.rules.lifecycle import CorrectionEvent
from app.corrections.rules.seen import seen_hash
from app.corrections.service.payments import Rails, needed, payment_order
from app.corrections.service.rows import (
    corrections_in,
    move,
    move_batch,
    note,
    note_batch,
    refuse_locker,
    take_batch,
)
from app.exports.formats import format_named
from app.exports.rules.form import Format, PaymentFormat
from app.exports.rules.parts import Packed
from app.exports.rules.rows import ControlTotals, NeutralRow, control_totals
from app.infra.db.transaction import Tx
from app.infra.outbox import emit
from app.infra.storage.port import AlreadyThere, Storage
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, Refused, Stale, Unavailable
from app.kernel.words import words as _
from app.ledger.queries.balances import payees_by_id
from app.ledger.queries.books import NO_CODES, codes_on, posting_day
from app.ledger.rules.bank import waits_until
from app.ledger.rules.codes import check_all_coded
from app.ledger.service.books import require_open

FILE_LIMIT = 64 * 1024 * 1024
"""Bytes of one export; 500 lines a correction and thousands of corrections stay far below."""


def lock_batch(tx: Tx, command: LockBatch, actor: Actor, clock: Clock) -> None:
    """Close a batch for good: its rows are frozen as they stand, for a day of the books and by the codes of that day.

    Raises Forbidden, NotFound, Stale, Refused also into a closed month, AccountsWithoutCode naming them.
    """
    require(actor, Permission.BATCH_LOCK)
    batch = take_batch(tx, command.batch_id)
    if command.version is not None and batch.version != command.version:
        raise Stale(_("This batch changed since you opened it."), version=batch.version)
    state = next_batch_state(BatchState(batch.state), BatchEvent.LOCK)
    booking = _book(tx, batch, command.posting_date or posting_day(tx, clock), clock)
    rows = export_rows(tx, batch.id, booking)
    _check_payees(tx, rows, clock)
    for line in lines_of_batch(tx, batch.id):
        line.frozen = [asdict(row) for row in rows if row.correction_id == str(line.correction_id)]
    tx.flush()
    batch.content_hash = seen_hash([asdict(row) for row in rows])
    batch.locked_by = actor.person_id
    batch.locked_at = clock.now()
    move_batch(batch, state)
    note_batch(tx, batch, actor, clock, "batch.locked", content=batch.content_hash)
    emit(tx, BatchLocked(None, batch.id))


def export_batch(
    tx: Tx,
    command: ExportBatch,
    storage: Storage,
    actor: Actor,
    clock: Clock,
    rails: Rails | None = None,
) -> ExportFile:
    """Write the one file of a locked batch; asked again it names the same file (I2, B101),
    whatever format is asked for then. *rails*: for a format that pays; its file lies sealed.

    Bytes lie in the store before the row commits, under a key made of their hash: a crash in between
    leaves the batch locked, and trying again writes nothing new. Raises Forbidden for who locked it,
    Invalid for an unknown format or rows it cannot take, NotFound, Refused while open, Unavailable when the store is away.
    """
    require(actor, Permission.BATCH_EXPORT)
    form = format_named(command.format)
    batch = take_batch(tx, command.batch_id)
    before = file_of(tx, batch.id)
    if before is not None:
        return before
    state = next_batch_state(BatchState(batch.state), BatchEvent.EXPORT)
    _check_may_leave(tx, batch, clock)
    refuse_locker(tx, batch, actor)
    if seen_hash(frozen_content(tx, batch.id)) != batch.content_hash:
        raise Refused(
            "content_changed", _("The frozen rows of this batch are not what was locked.")
        )
    rows: Sequence[NeutralRow] = frozen_rows(tx, batch.id)
    stored = None
    if isinstance(form, PaymentFormat):
        _check_payees(tx, rows, clock)
        order = payment_order(tx, batch, rows, needed(rails), actor, clock)
        packed, rows = form.to_file(order), order.rows
        stored = needed(rails).sealed(packed.content)
    else:
        packed = form.to_file(rows)
    made = _file(batch, form, packed, control_totals(rows), actor, clock)
    _store(storage, made.object_key, stored or packed.content, made.sha256)
    tx.add(made)
    tx.flush()
    batch.exported_by = actor.person_id
    batch.exported_at = clock.now()
    move_batch(batch, state)
    note_batch(tx, batch, actor, clock, "batch.exported", sha256=made.sha256, rows=made.row_count)
    for row in corrections_in(tx, batch.id):  # a reversing batch moves none
        move(row, CorrectionEvent.EXPORT)
        note(tx, row, actor, clock, "correction.exported", batch=str(batch.id))
    emit(tx, BatchExported(None, batch.id, made.sha256))
    return made


def read_export(
    tx: Tx,
    batch_id: UUID,
    storage: Storage,
    actor: Actor,
    clock: Clock,
    rails: Rails | None = None,
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
    if isinstance(format_named(file.format), PaymentFormat):
        content = needed(rails).opened(content)
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise Unavailable("storage", "the stored export is not what was written")
    note_batch(tx, batch, actor, clock, "batch.downloaded", sha256=file.sha256)
    return file, content


def _book(tx: Tx, batch: Batch, day: date, clock: Clock) -> Booking:
    """Write down for which day and by which codes; the month is open and every account has its code."""
    needed = accounts_in(tx, batch.id)
    check_lockable(len(needed))
    require_open(tx, day, clock)
    found = codes_on(tx, day)
    codes = found.codes if found else NO_CODES
    check_all_coded(codes, needed, batch.currency)
    batch.posting_date = day
    batch.account_codes_id = found.id if found else None
    return Booking(day, codes)


def _check_payees(tx: Tx, rows: Iterable[NeutralRow], clock: Clock) -> None:
    """Details may have changed after the approval: nothing leaves to an account that is too new (B103)."""
    new_to = {
        row.legal_name
        for row in payees_by_id(tx, frozenset(UUID(row.payee_id) for row in rows)).values()
        if waits_until(row.bank_changed_at, clock.now())
    }
    if new_to:
        raise Refused(
            "bank_too_new",
            _(
                "These payees changed their bank details less than three days ago: %(who)s. "
                "Wait, or take their corrections out of the batch.",
                who=", ".join(sorted(new_to)),
            ),
        )


def _check_may_leave(tx: Tx, batch: Batch, clock: Clock) -> None:
    """Nothing leaves that is being cancelled, or into a month that was closed meanwhile; nothing is turned back
    outside that never left.
    """
    if batch.posting_date is not None:
        require_open(tx, batch.posting_date, clock)
    check_not_being_cancelled(pending_reversal(tx, batch.id))
    if batch.reverses_id and tx.get_one(Batch, batch.reverses_id).state == BatchState.LOCKED:
        raise Refused(
            "never_left",
            _("The batch that this one turns back never left. Cancel it without a file."),
        )


def _file(
    batch: Batch,
    form: Format | PaymentFormat,
    packed: Packed,
    totals: ControlTotals,
    actor: Actor,
    clock: Clock,
) -> ExportFile:
    digest = hashlib.sha256(packed.content).hexdigest()
    word = "reversal" if batch.reverses_id else "corrections"
    return ExportFile(
        id=uuid4(),
        batch_id=batch.id,
        format=form.name,
        filename=f"{word}-{batch.currency}-{batch.number}.{packed.extension}",
        object_key=f"exports/{batch.id}/{digest}.{packed.extension}",
        sha256=digest,
        size=len(packed.content),
        row_count=totals.rows,
        gross_minor=totals.gross,
        withholding_minor=totals.withholding,
        net_minor=totals.net,
        created_by=actor.person_id,
        created_at=clock.now(),
    )


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
