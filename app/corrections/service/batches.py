"""Batches: locking, exporting exactly once, and reading the very bytes again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid4

from app.accounts.rules import Permission, require
from app.accounts.service.standing import require_still
from app.corrections.commands import ExportBatch, LockBatch
from app.corrections.events import BatchExported, BatchLocked
from app.corrections.models import Batch, ExportFile
from app.corrections.queries.batches import files_of, pending_reversal
from app.corrections.queries.exports import Booking, FrozenRows, LineKind, line_kinds
from app.corrections.rules.batches import (
    BatchEvent,
    BatchState,
    Purpose,
    check_lockable,
    check_not_being_cancelled,
    content_changed,
    next_batch_state,
    state_after_file,
)
from app.corrections.rules.lifecycle import CorrectionEvent
from app.corrections.rules.runs import Say, silent
from app.corrections.service.freezing import keep_rows, refuse_too_new, too_new
from app.corrections.service.leaving import Written, write_file, write_sealed
from app.corrections.service.payments import Rails, needed, payment_order
from app.corrections.service.rows import (
    move_all,
    move_batch,
    note_batch,
    refuse_locker,
    take_batch,
)
from app.exports.formats import format_named
from app.exports.rules.form import Format, PaymentFormat
from app.exports.rules.rows import NeutralRow, control_totals
from app.infra.db.transaction import Tx
from app.infra.outbox import emit
from app.infra.storage.port import Storage
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, Refused, Stale, Unavailable
from app.kernel.words import words as _
from app.ledger.queries.balances import payees_by_id
from app.ledger.queries.books import NO_CODES, codes_on, posting_day
from app.ledger.rules.codes import check_all_coded
from app.ledger.service.books import require_open

_WORDS = {Purpose.BOOKS: "corrections", Purpose.PAYS: "payments"}


@dataclass(frozen=True, slots=True)
class Lockable:
    """A batch that may be locked, the kinds of its lines, and for which day by which codes. *codes_id*: their version."""

    batch: Batch
    kinds: tuple[LineKind, ...]
    booking: Booking
    codes_id: UUID | None


def check_lock(tx: Tx, command: LockBatch, actor: Actor, clock: Clock) -> Lockable:
    """Pass when `lock_batch` would begin, with the batch locked in the database. Raises as it does; writes nothing."""
    require(actor, Permission.BATCH_LOCK)
    batch = take_batch(tx, command.batch_id)
    if command.version is not None and batch.version != command.version:
        raise Stale(_("This batch changed since you opened it."), version=batch.version)
    next_batch_state(BatchState(batch.state), BatchEvent.LOCK)
    kinds = line_kinds(tx, batch.id)
    check_lockable(len(kinds))
    day = command.posting_date or posting_day(tx, clock)
    require_open(tx, day, clock)
    found = codes_on(tx, day)
    codes = found.codes if found else NO_CODES
    accounts = {account for kind in kinds for account in kind.accounts(batch.currency)}
    check_all_coded(codes, accounts, batch.currency)
    return Lockable(batch, kinds, Booking(day, codes), found.id if found else None)


def lock_batch(tx: Tx, command: LockBatch, actor: Actor, clock: Clock, say: Say = silent) -> None:
    """Close a batch for good: its rows are frozen as they stand, for a day of the books and by the codes of that day.

    *say*: told how far it is. Raises Forbidden, NotFound, Stale, Refused also into a closed month, AccountsWithoutCode
    naming them.
    """
    found = check_lock(tx, command, actor, clock)
    batch, booking = found.batch, found.booking
    state = next_batch_state(BatchState(batch.state), BatchEvent.LOCK)
    batch.posting_date, batch.account_codes_id = booking.day, found.codes_id
    batch.content_hash = keep_rows(tx, batch, found.kinds, booking, clock, say)
    batch.locked_by = actor.person_id
    batch.locked_at = clock.now()
    move_batch(batch, state)
    note_batch(tx, batch, actor, clock, "batch.locked", content=batch.content_hash)
    emit(tx, BatchLocked(None, batch.id))


@dataclass(frozen=True, slots=True)
class Exportable:
    """A batch that may leave in this format, and whether it is the first file of it."""

    batch: Batch
    form: Format | PaymentFormat
    state: BatchState
    is_first: bool


def check_export(
    tx: Tx, command: ExportBatch, actor: Actor, clock: Clock
) -> tuple[ExportFile | None, Exportable | None]:
    """The file for that purpose that is there, or else what `export_batch` would write one of, with the batch locked in
    the database. Raises as it does; writes nothing.
    """
    require_still(tx, actor, Permission.BATCH_EXPORT)
    form = format_named(command.format)
    batch = take_batch(tx, command.batch_id)
    files = {Purpose(file.purpose): file for file in files_of(tx, batch.id)}
    if (made := files.get(_purpose(form))) is not None:
        return made, None
    state = state_after_file(BatchState(batch.state), has_other=bool(files))
    _check_may_leave(tx, batch, clock, is_booked=Purpose.BOOKS in files)
    refuse_locker(tx, batch, actor)
    return None, Exportable(batch, form, state, not files)


def export_batch(  # noqa: PLR0913 - what leaves, by what means, and whom to tell
    tx: Tx,
    command: ExportBatch,
    storage: Storage,
    actor: Actor,
    clock: Clock,
    rails: Rails | None = None,
    say: Say = silent,
) -> ExportFile:
    """Write the one file of a closed batch that books, or the one that pays; asked again it names the same file
    (I2, B101), whatever format of that purpose is asked for then. *rails*: for a format that pays; its file lies sealed.

    The file is written while its rows are read; neither it nor the corrections are ever in memory together, but for a
    file that pays. Its bytes lie in the store before the row commits, under a key made of their hash: a crash in
    between leaves the batch locked, and trying again writes nothing new. *say*: told how far it is. Raises Forbidden for
    who locked it, Invalid for an unknown format or rows it cannot take, NotFound, Refused while open, Unavailable when the store is away.
    """
    known, found = check_export(tx, command, actor, clock)
    if found is None:
        assert known is not None
        return known
    batch, form = found.batch, found.form
    written = _written(tx, batch, form, storage, rails, actor, clock, say)
    made = _file(batch, form, written, actor, clock)
    tx.add(made)
    tx.flush()
    if found.is_first:
        batch.exported_by = actor.person_id
        batch.exported_at = clock.now()
    move_batch(batch, found.state)
    note_batch(
        tx, batch, actor, clock, "batch.exported", sha256=made.sha256, rows=made.row_count,
        purpose=_purpose(form),
    )  # fmt: skip
    if found.is_first:  # a reversing batch moves none
        move_all(tx, batch.id, CorrectionEvent.EXPORT, actor, clock, "correction.exported", say)
    emit(tx, BatchExported(None, batch.id, made.sha256))
    return made


def _written(  # noqa: PLR0913 - what a file that pays needs
    tx: Tx,
    batch: Batch,
    form: Format | PaymentFormat,
    storage: Storage,
    rails: Rails | None,
    actor: Actor,
    clock: Clock,
    say: Say,
) -> Written:
    """Put the file into the store: streamed, or sealed where it pays."""
    frozen, content_hash = FrozenRows(tx, batch.id, partial(say, 0)), batch.content_hash or ""
    if not isinstance(form, PaymentFormat):
        return write_file(storage, batch.id, form, frozen, content_hash)
    rows = list(frozen)  # payments are sums over all of them, and a sealed file is one piece
    if frozen.content_hash != content_hash:
        raise content_changed()
    _check_payees(tx, rows, clock)
    order = payment_order(tx, batch, rows, needed(rails), actor, clock)
    plain = form.to_file(order)
    sealed = needed(rails).sealed(plain.content)
    return write_sealed(storage, batch.id, plain, sealed, control_totals(order.rows))


def read_export(  # noqa: PLR0913 - who, which file of which batch, and the means to open it
    tx: Tx,
    batch_id: UUID,
    storage: Storage,
    actor: Actor,
    clock: Clock,
    rails: Rails | None = None,
    purpose: Purpose | None = None,
) -> tuple[ExportFile, bytes]:
    """A file of a batch, byte for byte as it left; each reading is recorded (B184). *purpose*: the one that books,
    or else the one that pays, without it.

    Raises Forbidden, NotFound, Unavailable when the store is away or gives other bytes.
    """
    require(actor, Permission.BATCH_EXPORT)
    batch = take_batch(tx, batch_id)
    files = files_of(tx, batch_id)
    file = next((one for one in files if purpose in {None, one.purpose}), None)
    if file is None:
        raise NotFound
    content = b"".join(storage.open(file.object_key))
    if isinstance(format_named(file.format), PaymentFormat):
        content = needed(rails).opened(content)
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise Unavailable("storage", "the stored export is not what was written")
    note_batch(tx, batch, actor, clock, "batch.downloaded", sha256=file.sha256)
    return file, content


def _check_payees(tx: Tx, rows: Iterable[NeutralRow], clock: Clock) -> None:
    """Details may have changed after the lock: nothing leaves to an account that is too new (B103)."""
    payees = payees_by_id(tx, frozenset(UUID(row.payee_id) for row in rows))
    refuse_too_new(too_new(payees.values(), clock.now()))


def _check_may_leave(tx: Tx, batch: Batch, clock: Clock, *, is_booked: bool) -> None:
    """Nothing leaves that is being cancelled, or into a month that was closed meanwhile, unless it is booked already;
    nothing is turned back outside that never left.
    """
    if batch.posting_date is not None and not is_booked:
        require_open(tx, batch.posting_date, clock)
    check_not_being_cancelled(pending_reversal(tx, batch.id))
    if batch.reverses_id and tx.get_one(Batch, batch.reverses_id).state == BatchState.LOCKED:
        raise Refused(
            "never_left",
            _("The batch that this one turns back never left. Cancel it without a file."),
        )


def _purpose(form: Format | PaymentFormat) -> Purpose:
    return Purpose.PAYS if isinstance(form, PaymentFormat) else Purpose.BOOKS


def _file(
    batch: Batch, form: Format | PaymentFormat, written: Written, actor: Actor, clock: Clock
) -> ExportFile:
    word = "reversal" if batch.reverses_id else _WORDS[_purpose(form)]
    return ExportFile(
        id=uuid4(),
        batch_id=batch.id,
        purpose=_purpose(form),
        format=form.name,
        filename=f"{word}-{batch.currency}-{batch.number}.{written.extension}",
        object_key=written.key,
        sha256=written.sha256,
        size=written.size,
        row_count=written.totals.rows,
        gross_minor=written.totals.gross,
        withholding_minor=written.totals.withholding,
        net_minor=written.totals.net,
        created_by=actor.person_id,
        created_at=clock.now(),
    )
