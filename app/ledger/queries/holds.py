"""Reads of holds. Always in the actor's own sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, case, func, or_, select, tuple_

from app.accounts.queries import case_scope, side_scope
from app.accounts.rules import Permission, require
from app.cases.models import Case
from app.catalogue.queries import cases_about_the_same
from app.infra.db.binds import CASE, of_case
from app.infra.db.kept import ask, shared
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.money import Money
from app.ledger.models import Hold, Payee
from app.ledger.queries.balances import entries_of_journal
from app.ledger.rules.holds import LIVE_HOLDS, HoldReason, HoldState

PAGE = 50
SHUT = ("draft", "deleted", "closed")
"""States of a case in which no money may be held."""


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold as pages show it. *is_orphan*: its case is not open, which is an error. *amount*: when posted."""

    id: UUID
    case_id: UUID
    case_ref: str
    case_title: str
    is_orphan: bool
    side: str
    state: HoldState
    reason: HoldReason
    explanation: str
    asset_kind: str
    asset_ref: str
    share: Decimal
    territory: str
    starts_on: date | None
    ends_on: date | None
    payee_name: str
    amount: Money | None
    since: datetime
    review_on: date
    until: date | None
    ended_at: datetime | None
    end_reason: str
    version: int


@dataclass(frozen=True, slots=True)
class HoldPage:
    """One page of live holds; *next_cursor* is empty on the last."""

    rows: tuple[HoldRow, ...]
    next_cursor: str


def is_case_open(tx: Tx, actor: Actor, case_id: UUID) -> bool:
    """True when money may be held for it; the case cannot end before this transaction does. Raises NotFound."""
    state = tx.scalar(
        select(Case.state)
        .where(Case.id == case_id, case_scope(actor, Case.id))
        .with_for_update(read=True)
    )
    if state is None:
        raise NotFound
    return state not in SHUT


def locked_hold(tx: Tx, actor: Actor, hold_id: UUID) -> Hold | None:
    """The hold, locked until the transaction ends; None when it does not exist for *actor*."""
    return tx.scalar(
        select(Hold)
        .where(Hold.id == hold_id, side_scope(actor, Hold))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


@shared(256)
def _of_case(actor: Actor) -> Select[Any]:
    order = (Hold.state.not_in(LIVE_HOLDS), Hold.since.desc(), Hold.id)
    return _holds(actor).where(Hold.case_id == CASE).order_by(*order)


def holds_of(tx: Tx, actor: Actor, case_id: UUID) -> tuple[HoldRow, ...]:
    """Holds of a case that *actor* may see, live ones first, newest first."""
    return tuple(_hold_row(row) for row in ask(tx, _of_case(actor), of_case(case_id)))


def holds_about(tx: Tx, actor: Actor, case_id: UUID, named: tuple[str, ...]) -> tuple[HoldRow, ...]:
    """Placed holds that *actor* may see on what a draft is about: its catalogue items, or an asset so *named*."""
    same = or_(Hold.case_id.in_(cases_about_the_same(case_id)), Hold.asset_ref.in_(named))
    query = _holds(actor).where(Hold.state == HoldState.PLACED, Hold.case_id != case_id, same)
    return tuple(_hold_row(row) for row in tx.execute(query.order_by(Hold.since, Hold.id).limit(5)))


_OPEN = (
    select(func.count()).select_from(Hold).where(Hold.case_id == CASE, Hold.state.in_(LIVE_HOLDS))
)


def open_hold_count(tx: Tx, case_id: UUID) -> int:
    """How many holds of a case are proposed or placed: a fact for guards, without names or amounts."""
    (count,) = ask(tx, _OPEN, of_case(case_id))
    return int(count)


def held_cases(tx: Tx, actor: Actor, case_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of the cases have money on hold, in one statement. Raises `Forbidden`."""
    require(actor, Permission.HOLD_READ)
    rows = tx.scalars(
        select(Hold.case_id)
        .where(
            Hold.case_id.in_(case_ids),
            Hold.state.in_(LIVE_HOLDS),
            case_scope(actor, Hold.case_id),
        )
        .distinct()
    )
    return frozenset(rows)


def held_money(tx: Tx, actor: Actor, cursor: str = "") -> HoldPage:
    """Live holds, those without an open case first, then the oldest. *cursor*: from the page before."""
    require(actor, Permission.HOLD_READ)
    orphan = case((Case.state.in_(SHUT), 0), else_=1)
    query = _holds(actor).where(Hold.state.in_(LIVE_HOLDS))
    if cursor:
        after, since, hold_id = cursor.split("|")
        query = query.where(
            tuple_(orphan, Hold.since, Hold.id)
            > (int(after), datetime.fromisoformat(since), UUID(hold_id))
        )
    rows = [
        _hold_row(row)
        for row in tx.execute(query.order_by(orphan, Hold.since, Hold.id).limit(PAGE + 1))
    ]
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    following = f"{int(not last.is_orphan)}|{last.since.isoformat()}|{last.id}" if last else ""
    return HoldPage(tuple(rows[:PAGE]), following)


def _holds(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(Hold, Case.ref, Case.subject_title, Case.state, Payee.legal_name)
        .join(Case, Case.id == Hold.case_id)
        .outerjoin(Payee, Payee.id == Hold.payee_id)
        .where(side_scope(actor, Hold))
    )


def _hold_row(row: Row[*tuple[Any, ...]]) -> HoldRow:
    hold, ref, title, state, payee_name = row
    amount = (
        None if hold.amount_minor is None else Money.from_minor(hold.amount_minor, hold.currency)
    )
    return HoldRow(
        id=hold.id,
        case_id=hold.case_id,
        case_ref=ref or "",
        case_title=title,
        is_orphan=state in SHUT,
        side=hold.side,
        state=HoldState(hold.state),
        reason=HoldReason(hold.reason),
        explanation=hold.explanation,
        asset_kind=hold.asset_kind,
        asset_ref=hold.asset_ref,
        share=hold.share,
        territory=hold.territory,
        starts_on=hold.starts_on,
        ends_on=hold.ends_on,
        payee_name=payee_name or "",
        amount=amount,
        since=hold.since,
        review_on=hold.review_on,
        until=hold.until,
        ended_at=hold.ended_at,
        end_reason=hold.end_reason or "",
        version=hold.version,
    )


def given_back(tx: Tx, actor: Actor, hold_id: UUID) -> Money | None:
    """What the end of a hold paid back to the payee it was taken from; None without an amount or before its end."""
    hold = tx.scalar(select(Hold).where(Hold.id == hold_id, side_scope(actor, Hold)))
    if hold is None or hold.end_journal_id is None or hold.currency is None:
        return None
    entries = entries_of_journal(tx, hold.end_journal_id)
    owed = sum(one.minor for one in entries if one.account.payee_id == hold.payee_id)
    return Money.from_minor(-owed, hold.currency)
