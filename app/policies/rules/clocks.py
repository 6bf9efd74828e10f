"""Names of clocks, their lengths, and the due instant as a pure function of events and calendar.

Service clocks count business time in the agent's calendar. Party deadlines end at 18:00 in the
party's zone. Statutory windows count whole business days in the agent's zone and calendar.
Pausing never shortens. Sources: LIFECYCLES "Clocks"; 17 U.S.C. 512(g)(2)(C); DSA Art. 20(1);
Reg. (EEC) 1182/71 Art. 3 for months (same date, else the last day of the month); ADR 0007.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from app.kernel.errors import Refused
from app.policies.rules.calendars import (
    WorkCalendar,
    add_business_seconds,
    business_day_after,
    business_seconds_between,
)
from app.policies.rules.zones import end_of_day, instant, local_day

PARTY_END_MINUTE = 18 * 60
ONE_DAY = timedelta(days=1)


class ClockKind(StrEnum):
    """What a clock measures."""

    DRAFT = "draft"
    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    PARTY = "party"
    OFFER = "offer"
    STORE = "store"
    RESTRICTION = "restriction"
    COUNTER = "counter"
    STATUTORY = "statutory"
    COURT = "court"
    SETTLE = "settle"
    FINANCE = "finance"
    APPEAL = "appeal"
    SATISFACTION = "satisfaction"


class Unit(StrEnum):
    """How a length is counted and where its end falls."""

    BUSINESS_HOURS = "business_hours"
    BUSINESS_DAYS = "business_days"
    PARTY_DAYS = "party_days"
    DAYS = "days"
    MONTHS = "months"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Length:
    """*n* units; *latest* is the far end of a window. `Length(10, WINDOW, 14)` is 512(g)(2)(C)."""

    n: int
    unit: Unit
    latest: int | None = None

    def as_json(self) -> dict[str, Any]:
        """For the policy row and the clock's target."""
        plain: dict[str, Any] = {"n": self.n, "unit": self.unit.value}
        return plain | {"latest": self.latest} if self.latest is not None else plain

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Length:
        """The opposite of `as_json`; other keys are left alone."""
        latest = stored.get("latest")
        return cls(
            int(stored["n"]), Unit(stored["unit"]), int(latest) if latest is not None else None
        )


@dataclass(frozen=True, slots=True)
class Due:
    """When a clock ends; *earliest_at* only for windows: before it the act is too early."""

    due_at: datetime
    earliest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What a due instant depends on besides the start: length, calendar version, zone it ends in."""

    length: Length
    calendar: WorkCalendar
    zone: str


def add_months(day: date, n: int) -> date:
    """The same date *n* months on; where it does not exist, the last day of that month."""
    index = day.year * 12 + day.month - 1 + n
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def party_end(moment: datetime, days: int, zone: str) -> datetime:
    """18:00 in the party's zone, *days* local days after the day of *moment*."""
    return instant(local_day(moment, zone) + timedelta(days=days), PARTY_END_MINUTE, zone)


def due_from(start: datetime, rule: Rule) -> Due:
    """The due instant of a clock that starts at *start* (aware UTC) and is never paused."""
    length, calendar, zone = rule.length, rule.calendar, rule.zone
    if length.unit is Unit.BUSINESS_HOURS:
        return Due(add_business_seconds(start, length.n * 3600, calendar))
    if length.unit is Unit.PARTY_DAYS:
        return Due(party_end(start, length.n, zone))
    day = local_day(start, zone)
    if length.unit is Unit.DAYS:
        return Due(end_of_day(day + timedelta(days=length.n), zone))
    if length.unit is Unit.MONTHS:
        return Due(end_of_day(add_months(day, length.n), zone))
    if length.unit is Unit.BUSINESS_DAYS:
        return Due(end_of_day(business_day_after(day, length.n, calendar), zone))
    return _window(day, rule)


def _window(day: date, rule: Rule) -> Due:
    """End of the n-th and of the latest-th business day after receipt, whose own day is not counted."""
    first = business_day_after(day, rule.length.n, rule.calendar)
    last = business_day_after(day, rule.length.latest or rule.length.n, rule.calendar)
    return Due(due_at=end_of_day(last, rule.zone), earliest_at=end_of_day(first, rule.zone))


class ClockAct(StrEnum):
    """What can happen to a clock."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    MEET = "meet"
    BREACH = "breach"
    CANCEL = "cancel"
    REMIND = "remind"
    ALARM = "alarm"
    ESCALATE = "escalate"
    RECOMPUTE = "recompute"


@dataclass(frozen=True, slots=True)
class ClockFact:
    """One thing that happened to a clock. *until*: the new end of an extension, aware UTC."""

    act: ClockAct
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A clock after some of its events. *paused_at* is set while it rests."""

    due: Due
    paused_at: datetime | None = None


def pause(running: Running, at: datetime, rule: Rule) -> Running:
    """The clock rests from *at*. Raises `Refused` for a statutory window, which cannot be paused."""
    if rule.length.unit is Unit.WINDOW:
        raise Refused("clock_cannot_pause", "a statutory window cannot be paused")
    if running.paused_at is not None:
        return running
    return replace(running, paused_at=at)


def resume(running: Running, at: datetime, rule: Rule) -> Running:
    """Go on at *at* with as much left as there was; what was late before it rested stays as late."""
    if running.paused_at is None:
        return running
    due_at = running.due.due_at
    if running.paused_at >= due_at:
        return Running(running.due)
    if rule.length.unit is Unit.BUSINESS_HOURS:
        left = business_seconds_between(running.paused_at, due_at, rule.calendar)
        later = add_business_seconds(at, left, rule.calendar) if left else due_at
    else:
        later = _shifted(due_at, at - running.paused_at, rule)
    return Running(replace(running.due, due_at=max(due_at, later)))


def _shifted(due_at: datetime, by: timedelta, rule: Rule) -> datetime:
    """*due_at* moved on by a pause, then to the end of that day as the unit ends its days."""
    if by <= timedelta(0):
        return due_at
    moved = due_at + by
    day = local_day(moved, rule.zone)
    if rule.length.unit is Unit.PARTY_DAYS:
        end = instant(day, PARTY_END_MINUTE, rule.zone)
        return end if end >= moved else instant(day + ONE_DAY, PARTY_END_MINUTE, rule.zone)
    return end_of_day(day, rule.zone)


def extend(running: Running, until: datetime) -> Running:
    """A later end by decision. Raises `Refused` when it is not later."""
    if until <= running.due.due_at:
        raise Refused("extension_not_later", "an extension ends later than the deadline it extends")
    return replace(running, due=replace(running.due, due_at=until))


def replay(facts: Iterable[ClockFact], rule: Rule) -> Running:
    """The clock after *facts* (in order, beginning with start): due as a pure function of events."""
    events = iter(facts)
    running = Running(due_from(next(events).at, rule))
    for fact in events:
        if fact.act is ClockAct.PAUSE:
            running = pause(running, fact.at, rule)
        elif fact.act is ClockAct.RESUME:
            running = resume(running, fact.at, rule)
        elif fact.act is ClockAct.EXTEND and fact.until is not None:
            running = extend(running, fact.until)
    return running


def reminders(start: datetime, due_at: datetime) -> tuple[datetime, ...]:
    """Half time and one day before the end, in order; none that would come before the start."""
    half = start + (due_at - start) / 2
    day_before = due_at - ONE_DAY
    return tuple(sorted({half, day_before})) if day_before > start else (half,)


def inside_hours(
    moment: datetime, zone: str, opens: int = 8 * 60, closes: int = 20 * 60
) -> datetime:
    """The next instant at or after *moment* that lies in the waking hours of *zone*: when mail may go."""
    day = local_day(moment, zone)
    start, end = instant(day, opens, zone), instant(day, closes, zone)
    if moment < start:
        return start
    return moment if moment < end else instant(day + ONE_DAY, opens, zone)
