"""Reads of outside numbers, in the scope of the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.accounts.queries import side_scope
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.sides import Side
from app.references.models import CaseReference
from app.references.rules import ReferenceKind


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """A number on a case."""

    id: UUID
    side: Side
    kind: ReferenceKind
    value: str


def references_as_json(actor: Actor, case_id: UUID | BindParameter[UUID]) -> Any:
    """Kind and value of a case's numbers in sight, for a statement that reads more of the case; see `spoken`."""
    one = func.json_build_array(CaseReference.kind, CaseReference.value)
    return (
        select(func.json_agg(aggregate_order_by(one, CaseReference.created_at, CaseReference.id)))
        .where(
            CaseReference.case_id == case_id,
            CaseReference.ended_at.is_(None),
            side_scope(actor, CaseReference),
        )
        .scalar_subquery()
    )


def spoken(found: list[Any] | None) -> tuple[tuple[ReferenceKind, str], ...]:
    """What `references_as_json` gave, in its order."""
    return tuple((ReferenceKind(kind), value) for kind, value in found or ())


def references_of(tx: Tx, actor: Actor, case_id: UUID) -> tuple[ReferenceRow, ...]:
    """The numbers of a case that *actor* may see, in the order in which they were noted."""
    rows = tx.execute(
        select(CaseReference)
        .where(
            CaseReference.case_id == case_id,
            CaseReference.ended_at.is_(None),
            side_scope(actor, CaseReference),
        )
        .order_by(CaseReference.created_at, CaseReference.id)
    ).scalars()
    return tuple(ReferenceRow(r.id, Side(r.side), ReferenceKind(r.kind), r.value) for r in rows)
