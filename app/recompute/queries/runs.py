"""Runs of the audit as the house sees them; parties see none, only their own lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.accounts.models import Person
from app.accounts.queries import case_scope
from app.accounts.rules import Permission, may
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.recompute.models import PayoutAudit
from app.recompute.rules.runs import OPEN, RunState

NEWEST = 10


@dataclass(frozen=True, slots=True)
class FiguresRow:
    """Counts of a payee and currency. *reasons*: reason → (lines, sum of the differences), the largest first.

    *owed*: in minor units, less than nothing when too much was paid.
    """

    lines: int
    traced: int
    groups: int
    differ: int
    owed: Decimal
    reasons: tuple[tuple[str, int, Decimal], ...]
    stores: tuple[str, ...]
    territories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One run. *by*: a name, empty for the system; *figures*: (payee, currency) → counts."""

    id: UUID
    case_id: UUID
    state: RunState
    rules_version: str
    percent: int
    by: str
    asked_at: datetime
    ended_at: datetime | None
    inputs: Mapping[str, Any]
    figures: Mapping[tuple[str, str], FiguresRow]
    outcome: str

    @property
    def is_open(self) -> bool:
        """True while it is waited for."""
        return self.state in OPEN


def newest_audits(tx: Tx, actor: Actor, case_id: UUID) -> tuple[AuditRow, ...]:
    """The newest runs of the case, the newest first. Nothing for who may not read them."""
    query = (
        _seen(actor)
        .where(PayoutAudit.case_id == case_id)
        .order_by(PayoutAudit.asked_at.desc(), PayoutAudit.id)
        .limit(NEWEST)
    )
    return tuple(_row(*found) for found in tx.execute(query).all())


def newest_runs(
    tx: Tx, actor: Actor, case_ids: Collection[UUID]
) -> dict[UUID, tuple[UUID, RunState]]:
    """Case → (its newest run, where that stands). A case without one is left out."""
    query = (
        select(PayoutAudit.case_id, PayoutAudit.id, PayoutAudit.state)
        .where(PayoutAudit.case_id.in_(case_ids), house_sight(actor, PayoutAudit.case_id))
        .ext(distinct_on(PayoutAudit.case_id))
        .order_by(PayoutAudit.case_id, PayoutAudit.asked_at.desc(), PayoutAudit.id)
    )
    return {case_id: (key, RunState(state)) for case_id, key, state in tx.execute(query) if case_id}


def audit_by_id(tx: Tx, actor: Actor, audit_id: UUID) -> AuditRow:
    """One run. Raises `NotFound`."""
    found = tx.execute(_seen(actor).where(PayoutAudit.id == audit_id)).first()
    if found is None:
        raise NotFound("audit")
    return _row(*found)


def house_sight(actor: Actor, case_id: Any) -> ColumnElement[bool]:
    """The first wall of what parties never read."""
    if actor.is_system or may(actor, Permission.PAYOUT_READ):
        return case_scope(actor, case_id)
    return false()


def _seen(actor: Actor) -> Select[PayoutAudit, str]:
    return (
        select(PayoutAudit, Person.name)
        .outerjoin(Person, Person.id == PayoutAudit.by_id)
        .where(PayoutAudit.case_id.is_not(None), house_sight(actor, PayoutAudit.case_id))
    )


def asked_months(tx: Tx) -> dict[str, str]:
    """Statement month → the word for the inputs with which it was asked last, whatever came of it. For the system."""
    newest = (
        select(PayoutAudit.statement_month, PayoutAudit.inputs["asked"].astext)
        .where(PayoutAudit.statement_month.is_not(None))
        .ext(distinct_on(PayoutAudit.statement_month))
        .order_by(PayoutAudit.statement_month, PayoutAudit.asked_at.desc(), PayoutAudit.id)
    )
    return {str(month): asked or "" for month, asked in tx.execute(newest)}


def _row(row: PayoutAudit, by: str | None) -> AuditRow:
    assert row.case_id is not None
    figures = {
        (payee, currency): _figures(one)
        for payee, money in row.figures.items()
        for currency, one in money.items()
    }
    return AuditRow(
        row.id, row.case_id, RunState(row.state), row.rules_version, row.percent, by or "", row.asked_at, row.ended_at,
        row.inputs, figures, row.outcome,
    )  # fmt: skip


def _figures(one: Mapping[str, Any]) -> FiguresRow:
    reasons = [(name, count, Decimal(total)) for name, (count, total) in one["reasons"].items()]
    reasons.sort(key=lambda row: (-abs(row[2]), row[0]))
    return FiguresRow(
        one["lines"], one["traced"], one["groups"], one["differ"], Decimal(one["owed"]), tuple(reasons), tuple(one["stores"]),
        tuple(one["territories"]),
    )  # fmt: skip
