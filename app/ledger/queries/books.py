"""Reads of the books: account codes by posting date, months open and closed, today's posting date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.accounts.models import Person
from app.accounts.rules import Permission, require
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.ledger.models import AccountCodeVersion, PostingPeriodAct
from app.ledger.rules.codes import AccountCodes, codes_from_json
from app.ledger.rules.periods import PeriodAct, month_of
from app.policies.rules.zones import local_day

MONTHS = 24
"""How many months are told at most unless asked for."""
VERSIONS = 50
"""How many versions of the codes a page shows."""
KEPT_YEARS = 10
"""How far back months are shown: as long as books are kept (section 147 of the German Fiscal Code)."""
NO_CODES = AccountCodes({})


@dataclass(frozen=True, slots=True)
class CodesView:
    """One stored version of the account codes. *by*: who made it, empty for the system."""

    id: UUID
    version: int
    effective_from: date
    codes: AccountCodes
    reason: str
    by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ActRow:
    """What was done to a month. *by_id*: None for the system."""

    act: PeriodAct
    reason: str
    by_id: UUID | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month and its acts, the newest first; *is_open* without any."""

    month: date
    acts: tuple[ActRow, ...]

    @property
    def is_open(self) -> bool:
        """Whether it takes postings."""
        return not self.acts or self.acts[0].act is PeriodAct.REOPENED


def codes_versions(
    tx: Tx, actor: Actor, most: int = VERSIONS, before: int | None = None
) -> tuple[CodesView, ...]:
    """The newest versions of the codes, the newest first; those older than *before* when given. One statement.

    Raises Forbidden.
    """
    require(actor, Permission.BOOKS_READ)
    return _codes(tx, most, before=before)


def newest_codes(tx: Tx) -> CodesView | None:
    """The version that was stored last, whatever day it counts from."""
    return next(iter(_codes(tx, 1)), None)


def codes_on(tx: Tx, day: date) -> CodesView | None:
    """What counts for a posting date: of the versions that had begun then, the one stored last."""
    return next(iter(_codes(tx, 1, day)), None)


def _codes(
    tx: Tx, most: int, day: date | None = None, before: int | None = None
) -> tuple[CodesView, ...]:
    query = (
        select(AccountCodeVersion, Person.name)
        .outerjoin(Person, Person.id == AccountCodeVersion.by_id)
        .order_by(AccountCodeVersion.version.desc())
        .limit(most)
    )
    if day is not None:
        query = query.where(AccountCodeVersion.effective_from <= day)
    if before is not None:
        query = query.where(AccountCodeVersion.version < before)
    return tuple(
        CodesView(
            row.id, row.version, row.effective_from, codes_from_json(row.codes, row.zone), row.reason,
            name or "", row.created_at,
        )
        for row, name in tx.execute(query)
    )  # fmt: skip


def posting_day(tx: Tx, clock: Clock) -> date:
    """Today in the zone of the account codes that count now; in UTC while none do.

    A version that begins later does not move the day yet: whether it began is asked in its own zone. No zone is
    further than a day from UTC, so what begins later than tomorrow there began nowhere.
    """
    now = clock.now()
    begun = (
        select(AccountCodeVersion.effective_from, AccountCodeVersion.zone)
        .where(
            AccountCodeVersion.effective_from <= local_day(now, NO_CODES.zone) + timedelta(days=1)
        )
        .order_by(AccountCodeVersion.version.desc())
    )
    for since, zone in tx.execute(begun):
        if since <= (today := local_day(now, zone)):
            return today
    return local_day(now, NO_CODES.zone)


def last_act(tx: Tx, month: date) -> ActRow | None:
    """How a month stands; None while nothing was ever done to it."""
    return next(iter(_acts(tx, [month]).get(month, ())), None)


def last_act_kind(tx: Tx, day: date) -> PeriodAct | None:
    """What was done last to the month of *day*."""
    found = last_act(tx, month_of(day))
    return found.act if found else None


def act_count(tx: Tx, month: date) -> int:
    """How many acts a month has."""
    query = select(func.count()).where(PostingPeriodAct.month == month)
    return int(tx.scalar(query) or 0)


def months_until(tx: Tx, actor: Actor, last: date, count: int = MONTHS) -> tuple[MonthRow, ...]:
    """*count* months up to that of *last*, the newest first, with their acts. One statement. Raises Forbidden."""
    require(actor, Permission.BOOKS_READ)
    months = [month_of(last)]
    while len(months) < count:
        months.append(month_of(months[-1] - timedelta(days=1)))
    acts = _acts(tx, months)
    return tuple(MonthRow(month, acts.get(month, ())) for month in months)


def closed_since(tx: Tx, day: date) -> date | None:
    """The newest closed month that is the month of *day* or later; None when all of them are open."""
    newest = (
        select(PostingPeriodAct.month, PostingPeriodAct.act)
        .ext(distinct_on(PostingPeriodAct.month))
        .where(PostingPeriodAct.month >= month_of(day))
        .order_by(PostingPeriodAct.month, PostingPeriodAct.ordinal.desc())
        .subquery()
    )
    return tx.scalar(select(func.max(newest.c.month)).where(newest.c.act == PeriodAct.CLOSED))


def _acts(tx: Tx, months: Sequence[date]) -> dict[date, tuple[ActRow, ...]]:
    rows = tx.execute(
        select(PostingPeriodAct, Person.name)
        .outerjoin(Person, Person.id == PostingPeriodAct.by_id)
        .where(PostingPeriodAct.month.in_(months))
        .order_by(PostingPeriodAct.month, PostingPeriodAct.ordinal.desc())
    )
    found: dict[date, tuple[ActRow, ...]] = {}
    for row, name in rows:
        act = ActRow(PeriodAct(row.act), row.reason, row.by_id, name or "", row.at)
        found[row.month] = (*found.get(row.month, ()), act)
    return found
