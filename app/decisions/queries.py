"""Reads of decisions. The desk reads drafts and results; a party reads the notice of its side."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, select

from app.accounts.queries import case_scope, side_scope
from app.decisions.models import Decision, DecisionNotice
from app.decisions.rules import (
    DecisionContent,
    DecisionState,
    content_from_json,
    missing_in,
    needs_money,
    needs_store_action,
)
from app.infra.db.binds import CASE, of_case
from app.infra.db.kept import ask, shared
from app.infra.db.transaction import Tx, house
from app.kernel.actor import Actor, Role
from app.kernel.errors import NotFound
from app.kernel.sides import Side


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision as the desk sees it. *content_hash*: what a confirmation must name; empty while a draft."""

    id: UUID
    case_id: UUID
    round: int
    state: DecisionState
    version: int
    content: DecisionContent
    content_hash: str
    four_eyes: bool
    created_by: UUID
    proposed_by: UUID | None
    proposed_at: datetime | None
    confirmed_by: UUID | None
    confirmed_at: datetime | None
    return_reason: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What guards of the lifecycle ask about the decision of a round.

    *people*: everybody who drafted, proposed, confirmed or returned a decision of the case in any round;
    none of them reviews its appeal.
    """

    exists: bool = False
    state: str = ""
    outcome: str = ""
    missing: tuple[str, ...] = ("decision",)
    money_moves: bool = False
    store_actions: bool = False
    proposed_by: UUID | None = None
    content_hash: str = ""
    people: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A finding, remedy list and reasons as one side reads them (A7)."""

    decision_id: UUID
    round: int
    side: Side
    outcome: str
    reasons: str
    issues: tuple[dict[str, Any], ...]
    remedies: tuple[dict[str, Any], ...]
    money_moves: bool
    confirmed_at: datetime


def _desk_scope(actor: Actor) -> ColumnElement[bool]:
    """Decisions of the cases that exist for a member of staff, an auditor or the system; of nobody else."""
    inside = actor.is_system or actor.is_staff or actor.has(Role.AUDITOR)
    return case_scope(actor, Decision.case_id) if inside else false()


def _view(row: Decision) -> DecisionView:
    return DecisionView(
        id=row.id,
        case_id=row.case_id,
        round=row.round,
        state=DecisionState(row.state),
        version=row.version,
        content=content_from_json(row.content),
        content_hash=row.content_hash or "",
        four_eyes=row.four_eyes,
        created_by=row.created_by,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
        return_reason=row.return_reason,
        updated_at=row.updated_at,
    )


def decisions_of(tx: Tx, actor: Actor, case_id: UUID) -> tuple[DecisionView, ...]:
    """All decisions of a case, newest first; returned ones included."""
    rows = tx.scalars(
        select(Decision)
        .where(and_(Decision.case_id == case_id, _desk_scope(actor)))
        .order_by(Decision.round.desc(), Decision.created_at.desc(), Decision.id)
        .limit(100)
    )
    return tuple(_view(row) for row in rows)


def current_decision(tx: Tx, actor: Actor, case_id: UUID, round_: int) -> DecisionView | None:
    """The live decision of a round, else the one returned last (its content fills the next draft)."""
    of_round = [view for view in decisions_of(tx, actor, case_id) if view.round == round_]
    live = [view for view in of_round if view.state is not DecisionState.RETURNED]
    return next(iter(live or of_round), None)


def live_decisions(
    tx: Tx, actor: Actor, case_ids: Collection[UUID]
) -> dict[tuple[UUID, int], DecisionState]:
    """(case, round) → where its live decision stands; a round without one is left out."""
    rows = tx.execute(
        select(Decision.case_id, Decision.round, Decision.state).where(
            Decision.case_id.in_(case_ids), Decision.state != DecisionState.RETURNED, _desk_scope(actor)
        )
    )  # fmt: skip
    return {(case_id, round_): DecisionState(state) for case_id, round_, state in rows}


def decision_by_id(tx: Tx, actor: Actor, decision_id: UUID) -> DecisionView:
    """One decision for the desk. Raises NotFound."""
    row = tx.scalars(
        select(Decision).where(and_(Decision.id == decision_id, _desk_scope(actor)))
    ).first()
    if row is None:
        raise NotFound("decision")
    return _view(row)


@shared(64)
def _decisions(actor: Actor) -> Any:
    return select(Decision).where(Decision.case_id == CASE, _desk_scope(actor))


def decision_facts(
    tx: Tx, actor: Actor, case_id: UUID, round_: int, *, has_respondent: bool = True
) -> DecisionFacts:
    """Facts of the live decision of a round; missing says `decision` when there is none."""
    rows = ask(tx, _decisions(actor), of_case(case_id))
    people = frozenset(
        person
        for row in rows
        for person in (row.created_by, row.proposed_by, row.confirmed_by, row.returned_by)
        if person is not None
    )
    live = [r for r in rows if r.round == round_ and r.state != DecisionState.RETURNED]
    if not live:
        return DecisionFacts(people=people)
    row = live[0]
    content = content_from_json(row.content)
    return DecisionFacts(
        exists=True,
        state=row.state,
        outcome=row.outcome,
        missing=missing_in(content, has_respondent=has_respondent),
        money_moves=needs_money(content),
        store_actions=needs_store_action(content),
        proposed_by=row.proposed_by,
        content_hash=row.content_hash or "",
        people=people,
    )


@shared(256)
def _notices(actor: Actor) -> Select[DecisionNotice]:
    stands = exists().where(
        Decision.id == DecisionNotice.decision_id, Decision.state == DecisionState.CONFIRMED.value
    )
    return (
        select(DecisionNotice)
        .where(and_(DecisionNotice.case_id == CASE, side_scope(actor, DecisionNotice), stands))
        .order_by(DecisionNotice.round.desc(), DecisionNotice.side)
        .limit(50)
    )


def notices_of(tx: Tx, actor: Actor, case_id: UUID) -> tuple[NoticeRow, ...]:
    """Decisions that stand as the actor's side reads them (the desk reads both), newest first; what was set
    aside is left out. Decisions themselves are walled off from parties, so that fact is asked as the house.
    """
    with house(tx):
        rows = ask(tx, _notices(actor), of_case(case_id))
    return tuple(
        NoticeRow(
            decision_id=row.decision_id,
            round=row.round,
            side=Side(row.side),
            outcome=row.content["outcome"],
            reasons=row.content["reasons"],
            issues=tuple(row.content["issues"]),
            remedies=tuple(row.content["remedies"]),
            money_moves=row.content["money_moves"],
            confirmed_at=row.created_at,
        )
        for row in rows
    )
