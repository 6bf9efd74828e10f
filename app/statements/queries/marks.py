"""Lines that persons marked: on a page of a statement, and where an audit of a case begins to look."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select

from app.accounts.models import Person
from app.accounts.rules import Permission, may
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.statements.models import StatementMark

Mark = StatementMark
Place = tuple[str, str, str]
MOST_PLACES = 500


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A mark that holds. *position*: of the line in its part."""

    id: UUID
    position: int
    note: str
    by: str
    at: datetime


def marks_at(tx: Tx, actor: Actor, part_id: UUID, positions: Collection[int]) -> dict[int, MarkRow]:
    """Position → the mark that holds, among *positions*."""
    if not positions:
        return {}
    query = (
        select(Mark, Person.name)
        .join(Person, Person.id == Mark.by_id)
        .where(
            Mark.part_id == part_id, Mark.position.in_(positions), Mark.ended_at.is_(None), _sight(actor)
        )
    )  # fmt: skip
    return {
        row.position: MarkRow(row.id, row.position, row.note, by, row.at)
        for row, by in tx.execute(query)
    }


def marked_positions(tx: Tx, actor: Actor, part_id: UUID) -> tuple[int, ...]:
    """Positions of a part whose marks hold, in order."""
    query = select(Mark.position).where(
        Mark.part_id == part_id, Mark.ended_at.is_(None), _sight(actor)
    )
    return tuple(tx.execute(query.order_by(Mark.position)).scalars())


def marked_places(
    tx: Tx, actor: Actor, months: Collection[str], isrcs: Collection[str]
) -> tuple[Place, ...]:
    """(statement month, store, territory) of marks in *months*; of these recordings where some are named."""
    columns = (Mark.statement_month, Mark.store, Mark.territory)
    query = select(*columns).where(
        Mark.statement_month.in_(months), Mark.ended_at.is_(None), _sight(actor)
    )
    if isrcs:
        query = query.where(Mark.isrc.in_(isrcs))
    found = tx.execute(query.group_by(*columns).order_by(func.min(Mark.at)).limit(MOST_PLACES))
    return tuple((month, store, territory) for month, store, territory in found)


def _sight(actor: Actor) -> ColumnElement[bool]:
    """The first wall: who reads statements, and who reads the audits that start from them."""
    return literal(
        actor.is_system
        or may(actor, Permission.STATEMENT_READ)
        or may(actor, Permission.PAYOUT_READ)
    )
