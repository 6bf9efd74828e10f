"""What was taken in and handed in, as the house sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.accounts.models import Person
from app.accounts.rules import Permission, may
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.money import Money
from app.statements.models import StatementImport, StatementPart, StatementUpload
from app.statements.queries.sums import amounts_of


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A file that was taken in. *formats*: ids of the formats of its tables."""

    id: UUID
    name: str
    at: datetime
    formats: tuple[str, ...]
    line_count: int


@dataclass(frozen=True, slots=True)
class PartRow:
    """Lines of one source and statement month. *sums*: currency → exact sum as text."""

    import_id: UUID
    source: str
    statement_month: str
    object_key: str
    sha256: str
    line_count: int
    sums: dict[str, str]
    id: UUID

    @property
    def amounts(self) -> tuple[Money, ...]:
        """The sums, exact, by currency."""
        return amounts_of(self.sums)


@dataclass(frozen=True, slots=True)
class ImportView:
    """A file with its parts. *notes*: code, values, file, line, value, count; *by*: a name, empty for the system."""

    id: UUID
    name: str
    at: datetime
    by: str
    formats: tuple[str, ...]
    line_count: int
    sha256: str
    is_masked: bool
    retained_until: datetime
    notes: tuple[dict[str, Any], ...]
    asked: dict[str, str]
    parts: tuple[PartRow, ...]


@dataclass(frozen=True, slots=True)
class UploadRow:
    """A file that was handed in. *state*: waiting, reading, unmapped, done, refused, cancelled; *problems*: file, line, column,
    value, and the reason as template with its values.
    """

    id: UUID
    name: str
    at: datetime
    by: str
    size: int
    storage_key: str
    state: str
    lines_read: int
    percent: int
    outcome: str
    import_id: UUID | None
    asked: dict[str, str]
    problems: tuple[dict[str, Any], ...]
    lines_taken: int | None = None
    """Of what came of it."""

    @property
    def lines(self) -> int | None:
        """Lines so far, or those that were taken in; None when nothing was."""
        return self.lines_read if self.is_open else self.lines_taken

    @property
    def is_open(self) -> bool:
        """True while it is waited for."""
        return self.state in {"waiting", "reading"}

    @property
    def is_unmapped(self) -> bool:
        """True while it waits for a person to say what its columns mean."""
        return self.state == "unmapped"


@dataclass(frozen=True, slots=True)
class ImportPage:
    """*rows*: newest first, with their parts' months and sums; *next*: the last row when there are more."""

    rows: tuple[tuple[ImportRow, tuple[PartRow, ...]], ...]
    next: UUID | None


PAGE = 50
RECENT = 5
"""Uploads that stand above the list."""


def import_by_hash(tx: Tx, sha256: str) -> ImportRow | None:
    """The import of a file with these bytes."""
    row = tx.execute(
        select(StatementImport).where(StatementImport.sha256 == sha256)
    ).scalar_one_or_none()
    if row is None:
        return None
    return ImportRow(row.id, row.name, row.at, tuple(row.formats), row.line_count)


def parts_of_month(tx: Tx, statement_month: str, source: str = "") -> tuple[PartRow, ...]:
    """Everything that was taken in for *statement_month*, of one *source* or of all, in the order of arrival."""
    query = (
        select(StatementPart)
        .join(StatementImport, StatementImport.id == StatementPart.import_id)
        .where(StatementPart.statement_month == statement_month)
        .order_by(StatementImport.at, StatementPart.source, StatementPart.id)
    )
    if source:
        query = query.where(StatementPart.source == source)
    return tuple(_part(one) for one in tx.execute(query).scalars())


@dataclass(frozen=True, slots=True)
class MonthRow:
    """What was taken in for a statement month. *digest*: equal for the same parts; *last_at*: when the last came."""

    month: str
    sources: frozenset[str]
    digest: str
    last_at: datetime


def statement_months(tx: Tx) -> tuple[MonthRow, ...]:
    """Every statement month for which something was taken in, the newest first. For the system."""
    digest = func.md5(
        func.string_agg(StatementPart.sha256, aggregate_order_by(literal(""), StatementPart.sha256))
    )
    query = (
        select(
            StatementPart.statement_month, func.array_agg(StatementPart.source.distinct()),
            digest, func.max(StatementImport.at),
        )
        .join(StatementImport, StatementImport.id == StatementPart.import_id)
        .group_by(StatementPart.statement_month)
        .order_by(StatementPart.statement_month.desc())
    )  # fmt: skip
    return tuple(
        MonthRow(month, frozenset(sources), word, at)
        for month, sources, word, at in tx.execute(query)
    )


def parts_between(tx: Tx, first: str, last: str) -> tuple[PartRow, ...]:
    """Everything that was taken in for statement months from *first* to *last*, each `YYYY-MM` or empty for open."""
    query = select(StatementPart).join(
        StatementImport, StatementImport.id == StatementPart.import_id
    )
    if first:
        query = query.where(StatementPart.statement_month >= first)
    if last:
        query = query.where(StatementPart.statement_month <= last)
    ordered = query.order_by(StatementImport.at, StatementPart.source, StatementPart.id)
    return tuple(_part(one) for one in tx.execute(ordered).scalars())


def parts_before(
    tx: Tx, parts: tuple[PartRow, ...], sources: frozenset[str]
) -> tuple[PartRow, ...]:
    """What of the *sources* among *parts* was taken in for other months before, in the order of arrival."""
    wanted = {part.source for part in parts} & sources
    if not wanted:
        return ()
    query = (
        select(StatementPart)
        .join(StatementImport, StatementImport.id == StatementPart.import_id)
        .where(
            StatementPart.source.in_(wanted),
            StatementPart.object_key.not_in([part.object_key for part in parts]),
            StatementPart.statement_month < max(part.statement_month for part in parts),
        )
        .order_by(StatementImport.at, StatementPart.source, StatementPart.id)
    )
    return tuple(_part(one) for one in tx.execute(query).scalars())


def imports_page(tx: Tx, actor: Actor, after: UUID | None = None) -> ImportPage:
    """Imports, the newest first, behind *after*. Nothing for who may not read statements."""
    query = (
        select(StatementImport)
        .where(sight(actor))
        .order_by(StatementImport.at.desc(), StatementImport.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        last = select(StatementImport.at, StatementImport.id).where(StatementImport.id == after)
        query = query.where(tuple_(StatementImport.at, StatementImport.id) < last.scalar_subquery())
    found = list(tx.execute(query).scalars())
    shown = found[:PAGE]
    parts = _parts_of(tx, [one.id for one in shown])
    rows = tuple(
        (
            ImportRow(one.id, one.name, one.at, tuple(one.formats), one.line_count),
            tuple(part for part in parts if part.import_id == one.id),
        )
        for one in shown
    )
    return ImportPage(rows, shown[-1].id if len(found) > PAGE else None)


def import_row(tx: Tx, actor: Actor, import_id: UUID) -> ImportRow:
    """One import without its parts. Raises `NotFound`."""
    one = tx.execute(
        select(StatementImport).where(StatementImport.id == import_id, sight(actor))
    ).scalar_one_or_none()
    if one is None:
        raise NotFound
    return ImportRow(one.id, one.name, one.at, tuple(one.formats), one.line_count)


def import_view(tx: Tx, actor: Actor, import_id: UUID) -> ImportView:
    """One import with its parts. Raises `NotFound`."""
    found = tx.execute(
        select(StatementImport, Person.name)
        .outerjoin(Person, Person.id == StatementImport.by_id)
        .where(StatementImport.id == import_id, sight(actor))
    ).first()
    if found is None:
        raise NotFound
    row, by = found
    return ImportView(
        row.id, row.name, row.at, by or "", tuple(row.formats), row.line_count, row.sha256, row.is_masked,
        row.retained_until, tuple(row.notes), dict(row.asked), _parts_of(tx, [row.id]),
    )  # fmt: skip


def recent_uploads(tx: Tx, actor: Actor) -> tuple[UploadRow, ...]:
    """The newest files that were handed in, without their problems."""
    found = tx.execute(
        select(StatementUpload, Person.name, StatementImport.line_count)
        .join(Person, Person.id == StatementUpload.by_id)
        .outerjoin(StatementImport, StatementImport.id == StatementUpload.import_id)
        .where(sight(actor))
        .order_by(StatementUpload.at.desc())
        .limit(RECENT)
    ).all()
    return tuple(_upload(*row) for row in found)


def uploads_page(
    tx: Tx, actor: Actor, state: str = "", after: UUID | None = None
) -> tuple[tuple[UploadRow, ...], UUID | None]:
    """Files that were handed in, of one *state* or of all, the newest first, behind *after*; the last row when there are more."""
    query = (
        select(StatementUpload, Person.name, StatementImport.line_count)
        .join(Person, Person.id == StatementUpload.by_id)
        .outerjoin(StatementImport, StatementImport.id == StatementUpload.import_id)
        .where(sight(actor))
        .order_by(StatementUpload.at.desc(), StatementUpload.id.desc())
        .limit(PAGE + 1)
    )
    if state:
        query = query.where(StatementUpload.state == state)
    if after is not None:
        last = select(StatementUpload.at, StatementUpload.id).where(StatementUpload.id == after)
        query = query.where(tuple_(StatementUpload.at, StatementUpload.id) < last.scalar_subquery())
    found = tx.execute(query).all()
    rows = tuple(_upload(*row) for row in found[:PAGE])
    return rows, rows[-1].id if len(found) > PAGE else None


def upload_view(tx: Tx, actor: Actor, upload_id: UUID) -> UploadRow:
    """One file that was handed in. Raises `NotFound`."""
    found = tx.execute(
        select(StatementUpload, Person.name)
        .join(Person, Person.id == StatementUpload.by_id)
        .where(StatementUpload.id == upload_id, sight(actor))
    ).first()
    if found is None:
        raise NotFound
    return _upload(*found)


def sight(actor: Actor) -> ColumnElement[bool]:
    """The first wall: who may not read statements sees none."""
    return literal(actor.is_system or may(actor, Permission.STATEMENT_READ))


def _parts_of(tx: Tx, imports: list[UUID]) -> tuple[PartRow, ...]:
    query = (
        select(StatementPart)
        .where(StatementPart.import_id.in_(imports))
        .order_by(StatementPart.statement_month, StatementPart.source)
    )
    return tuple(_part(one) for one in tx.execute(query).scalars())


def _part(one: StatementPart) -> PartRow:
    return PartRow(
        one.import_id, one.source, one.statement_month, one.object_key, one.sha256, one.line_count, one.sums, one.id
    )  # fmt: skip


def _upload(row: StatementUpload, by: str, lines: int | None = None) -> UploadRow:
    return UploadRow(
        row.id, row.name, row.at, by, row.size, row.storage_key, row.state, row.lines_read, row.percent, row.outcome, row.import_id,
        dict(row.asked), tuple(row.problems), lines,
    )  # fmt: skip
