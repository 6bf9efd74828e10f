"""Batches: the list, one with its lines and checks, its frozen rows and its file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select, true, tuple_
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.accounts.queries import same_human_ids
from app.accounts.rules import Permission, require
from app.cases.models import Case
from app.corrections.models import (
    Batch,
    BatchLine,
    BatchTotal,
    Correction,
    ExportFile,
)
from app.corrections.rules.batches import BatchState, Purpose
from app.corrections.rules.lifecycle import CorrectionState
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.money import Money
from app.ledger.models import AccountCodeVersion

PAGE = 50


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One row of the list. *total*: signed sum of its corrections."""

    id: UUID
    number: int
    currency: str
    state: BatchState
    count: int
    total: Money
    opened_at: datetime
    locked_at: datetime | None
    exported_at: datetime | None
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One page of the list, newest first; *next_cursor* is empty on the last."""

    rows: tuple[BatchRow, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class BatchEntry:
    """A correction in a batch."""

    correction_id: UUID
    case_ref: str
    case_artist: str
    reason: str
    state: CorrectionState
    total: Money
    is_reversal: bool
    ledger_note: str


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of a batch with its control totals. *format*: a name of `exports.formats`."""

    purpose: Purpose
    format: str
    filename: str
    sha256: str
    size: int
    rows: int
    gross: Money
    withholding: Money
    net: Money
    created_at: datetime


@dataclass(frozen=True, slots=True)
class BatchLink:
    """Another batch that this one turns back or is turned back by."""

    id: UUID
    number: int
    state: BatchState


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch with everything its page shows. *locked_by_me*: the reader may not export it. *count*, *total*: of all its
    corrections; *entries*: one page of them, *next_cursor* empty on the last.

    *codes_version*: of the account codes in its rows; none before there were codes.
    """

    id: UUID
    number: int
    currency: str
    state: BatchState
    version: int
    total: Money
    opened_at: datetime
    locked_at: datetime | None
    locked_by: str
    locked_by_me: bool
    posting_date: date | None
    codes_version: int | None
    content_hash: str
    exported_at: datetime | None
    exported_by: str
    acknowledged_at: datetime | None
    ledger_reference: str
    cancel_reason: str
    reverses: BatchLink | None
    reversed_by: BatchLink | None
    count: int
    entries: tuple[BatchEntry, ...]
    next_cursor: str
    files: tuple[FileView, ...]

    @property
    def file(self) -> FileView | None:
        """The file that books, or the one that pays while there is no other; None before it was exported."""
        return self.files[0] if self.files else None

    @property
    def purposes_left(self) -> tuple[Purpose, ...]:
        """What no file of this batch is for yet; a batch that turns another one back is never paid."""
        written = {file.purpose for file in self.files}
        may = (Purpose.BOOKS,) if self.reverses else tuple(Purpose)
        return tuple(purpose for purpose in may if purpose not in written)


_IN_IT = or_(BatchLine.live, BatchLine.frozen.is_not(None))
"""What a batch holds or held when it was closed; not what was taken out while it was open."""


def _sign(batch: Batch) -> int:
    """A reversing batch shows its corrections with the sign changed."""
    return -1 if batch.reverses_id else 1


def _signed(batch: Batch, total: int) -> Money:
    return Money.from_minor(_sign(batch) * total, batch.currency)


def batch_page(tx: Tx, actor: Actor, cursor: str = "") -> BatchPage:
    """All batches, newest first. *cursor*: from the page before. One statement, which looks into no batch."""
    require(actor, Permission.BATCH_READ)
    page = select(Batch.id).order_by(Batch.number.desc()).limit(PAGE + 1)
    if cursor:
        page = page.where(Batch.number < int(cursor))
    query = _summed(Batch).where(Batch.id.in_(page)).order_by(Batch.number.desc())
    rows = tuple(_batch_row(*row) for row in tx.execute(query))
    return BatchPage(rows[:PAGE], str(rows[PAGE - 1].number) if len(rows) > PAGE else "")


def _summed(*columns: Any) -> Select[*tuple[Any, ...]]:
    """*columns* of batches, then how many corrections each holds or held and their sum, as kept; without those of cases
    that the reader is walled off from.
    """
    walled = func.batch_behind_walls(Batch.id).table_valued("corrections", "total_minor")
    is_walled = select(func.cardinality(func.my_walls())).scalar_subquery() > 0
    hidden = (
        select(walled)
        .where(func.app_scope() == "staff", is_walled)
        .offset(0)  # a fence: asked once, and the function is not called for who has no wall
        .lateral("hidden")
    )
    return (
        select(
            *columns,
            func.coalesce(BatchTotal.corrections, 0) - func.coalesce(hidden.c.corrections, 0),
            func.coalesce(BatchTotal.total_minor, 0) - func.coalesce(hidden.c.total_minor, 0),
        )
        .select_from(Batch)
        .outerjoin(BatchTotal, BatchTotal.batch_id == Batch.id)
        .outerjoin(hidden, true())
    )


def _batch_row(batch: Batch, count: int, total: int) -> BatchRow:
    return BatchRow(
        id=batch.id,
        number=batch.number,
        currency=batch.currency,
        state=BatchState(batch.state),
        count=count,
        total=_signed(batch, total),
        opened_at=batch.opened_at,
        locked_at=batch.locked_at,
        exported_at=batch.exported_at,
        acknowledged_at=batch.acknowledged_at,
    )


def batch_numbered(tx: Tx, number: int) -> UUID:
    """The batch that people call by that number. Raises NotFound."""
    found = tx.scalar(select(Batch.id).where(Batch.number == number))
    if found is None:
        raise NotFound(f"no batch has the number {number}")
    return found


def batch_view(tx: Tx, actor: Actor, batch_id: UUID, cursor: str = "") -> BatchView:
    """One batch with a page of its entries and its files. *cursor*: from the page before. Raises NotFound, Forbidden.
    Five statements.
    """
    require(actor, Permission.BATCH_READ)
    locker, exporter = aliased(Person), aliased(Person)
    row = tx.execute(
        _summed(Batch, locker.name, exporter.name, AccountCodeVersion.version)
        .outerjoin(locker, locker.id == Batch.locked_by)
        .outerjoin(exporter, exporter.id == Batch.exported_by)
        .outerjoin(AccountCodeVersion, AccountCodeVersion.id == Batch.account_codes_id)
        .where(Batch.id == batch_id)
    ).first()
    if row is None:
        raise NotFound
    batch, locked_by, exported_by, codes_version, count, total = row
    entries, next_cursor = _entries(tx, batch, cursor)
    reverses, reversed_by = _pairs(tx, batch)
    human = same_human_ids(tx, actor.person_id) if actor.person_id else frozenset()
    return BatchView(
        id=batch.id,
        number=batch.number,
        currency=batch.currency,
        state=BatchState(batch.state),
        version=batch.version,
        total=_signed(batch, total),
        opened_at=batch.opened_at,
        locked_at=batch.locked_at,
        locked_by=locked_by or "",
        locked_by_me=batch.locked_by in human,
        posting_date=batch.posting_date,
        codes_version=codes_version,
        content_hash=batch.content_hash or "",
        exported_at=batch.exported_at,
        exported_by=exported_by or "",
        acknowledged_at=batch.acknowledged_at,
        ledger_reference=batch.ledger_reference or "",
        cancel_reason=batch.cancel_reason or "",
        reverses=reverses,
        reversed_by=reversed_by,
        count=count,
        entries=entries,
        next_cursor=next_cursor,
        files=tuple(_file_view(row, batch) for row in files_of(tx, batch.id)),
    )


def _pairs(tx: Tx, batch: Batch) -> tuple[BatchLink | None, BatchLink | None]:
    """What *batch* turns back, and what turns it back; a wish to cancel that was taken back does not count."""
    rows = tx.scalars(
        select(Batch)
        .where(or_(Batch.id == batch.reverses_id, Batch.reverses_id == batch.id))
        .order_by(Batch.number)
    ).all()
    links = {row.id: BatchLink(row.id, row.number, BatchState(row.state)) for row in rows}
    turning = [links[row.id] for row in rows if row.reverses_id == batch.id]
    if batch.state != BatchState.CANCELLED:
        turning = [link for link in turning if link.state is not BatchState.CANCELLED]
    return (
        links.get(batch.reverses_id) if batch.reverses_id else None,
        turning[-1] if turning else None,
    )


def _entries(tx: Tx, batch: Batch, cursor: str) -> tuple[tuple[BatchEntry, ...], str]:
    """A page of what it holds or held, as it came in, and where the next one begins. Raises NotFound for no cursor of ours."""
    of_line = (
        select(Correction, Case.ref, Case.subject_artist)
        .join(Case, Case.id == Correction.case_id)
        .where(Correction.id == BatchLine.correction_id)
        .offset(0)  # a fence: else the corrections of the whole batch are read and sorted
        .lateral("of_line")
    )
    fix = aliased(Correction, of_line)
    query = (
        select(fix, of_line.c.ref, of_line.c.subject_artist, BatchLine.added_at)
        .select_from(BatchLine)
        .join(of_line, true())
        .where(BatchLine.batch_id == batch.id, _IN_IT)
        .order_by(BatchLine.added_at, BatchLine.correction_id)
        .limit(PAGE + 1)
    )
    if cursor:
        query = query.where(
            tuple_(BatchLine.added_at, BatchLine.correction_id) > tuple_(*_place(cursor))
        )
    rows = tx.execute(query).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    following = f"{last.added_at.isoformat()}|{last[0].id}" if last else ""
    return _as_entries(batch, rows[:PAGE]), following


def _place(cursor: str) -> tuple[datetime, UUID]:
    at, _bar, key = cursor.partition("|")
    try:
        return datetime.fromisoformat(at), UUID(key)
    except ValueError:
        raise NotFound("page") from None


def _as_entries(batch: Batch, rows: Sequence[Any]) -> tuple[BatchEntry, ...]:
    sign = _sign(batch)
    return tuple(
        BatchEntry(
            correction_id=fix.id,
            case_ref=ref or "",
            case_artist=artist,
            reason=fix.reason,
            state=CorrectionState(fix.state),
            total=Money.from_minor(sign * fix.total_minor, fix.currency),
            is_reversal=fix.reverses_id is not None,
            ledger_note=fix.ledger_note or "",
        )
        for fix, ref, artist, _added in rows
    )


def _file_view(row: ExportFile, batch: Batch) -> FileView:
    return FileView(
        purpose=Purpose(row.purpose),
        format=row.format,
        filename=row.filename,
        sha256=row.sha256,
        size=row.size,
        rows=row.row_count,
        gross=Money.from_minor(row.gross_minor, batch.currency),
        withholding=Money.from_minor(row.withholding_minor, batch.currency),
        net=Money.from_minor(row.net_minor, batch.currency),
        created_at=row.created_at,
    )


def files_of(tx: Tx, batch_id: UUID) -> tuple[ExportFile, ...]:
    """The files of a batch, first the one that books; none before it was exported."""
    query = select(ExportFile).where(ExportFile.batch_id == batch_id)
    return tuple(tx.scalars(query.order_by(ExportFile.purpose)))


def pending_reversal(tx: Tx, batch_id: UUID) -> Batch | None:
    """The reversing batch of a batch that is being cancelled."""
    return tx.scalar(
        select(Batch).where(Batch.reverses_id == batch_id, Batch.state != BatchState.CANCELLED)
    )


def live_batch_of(tx: Tx, correction_id: UUID) -> Batch:
    """The batch that holds a correction now. Raises NotFound when none does."""
    found = tx.scalar(
        select(Batch)
        .join(BatchLine, BatchLine.batch_id == Batch.id)
        .where(BatchLine.correction_id == correction_id, BatchLine.live)
    )
    if found is None:
        raise NotFound
    return found
