"""What was taken in, as the house sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.infra.db.transaction import Tx
from app.statements.models import StatementImport, StatementPart


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
    return tuple(
        PartRow(one.import_id, one.source, one.statement_month, one.object_key, one.sha256, one.line_count, one.sums)
        for one in tx.execute(query).scalars()
    )  # fmt: skip
