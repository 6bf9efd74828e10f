"""Working calendars: which days count, and counting business days and minutes over a prefix table."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from app.policies.rules.zones import instant, to_local

BEYOND_YEARS = 12
"""Years after the last listed holiday that are still counted, by weekends alone."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """One stored calendar version. *weekend*: weekdays off, Monday is 0. Minutes count from midnight."""

    code: str
    version: int
    zone: str
    weekend: frozenset[int]
    opens_minute: int
    closes_minute: int
    first_year: int
    last_year: int
    holidays: frozenset[date]

    @property
    def minutes_a_day(self) -> int:
        """Working minutes of one business day."""
        return self.closes_minute - self.opens_minute

    def is_business_day(self, day: date) -> bool:
        """True unless weekend or holiday."""
        return day.weekday() not in self.weekend and day not in self.holidays


@lru_cache(maxsize=64)
def _business_days(calendar: WorkCalendar) -> tuple[int, ...]:
    """Ordinals of every business day in the listed years and some beyond, sorted: the prefix table."""
    first = date(max(calendar.first_year - 1, 1), 1, 1).toordinal()
    last = date(min(calendar.last_year + BEYOND_YEARS, 9998), 12, 31).toordinal()
    off = {day.toordinal() for day in calendar.holidays}
    weekend = calendar.weekend
    return tuple(n for n in range(first, last + 1) if (n + 6) % 7 not in weekend and n not in off)


def business_day_after(day: date, n: int, calendar: WorkCalendar) -> date:
    """The *n*-th business day after *day*, which itself is not counted. *n* >= 1."""
    table = _business_days(calendar)
    index = bisect_right(table, day.toordinal()) + n - 1
    if table and table[0] <= day.toordinal() and index < len(table):
        return date.fromordinal(table[index])
    return _walk(day, n, calendar)


def _walk(day: date, n: int, calendar: WorkCalendar) -> date:
    """Day by day, for years outside the table."""
    while n > 0:
        day += timedelta(days=1)
        n -= calendar.is_business_day(day)
    return day


def business_days_between(first: date, last: date, calendar: WorkCalendar) -> int:
    """Business days in [first, last): *first* counts, *last* does not; 0 when not in order."""
    table = _business_days(calendar)
    if table and table[0] <= first.toordinal() and last.toordinal() <= table[-1]:
        low, high = bisect_left(table, first.toordinal()), bisect_left(table, last.toordinal())
        return max(0, high - low)
    span = max(0, (last - first).days)
    return sum(calendar.is_business_day(first + timedelta(days=i)) for i in range(span))


def _seconds_into_day(local: datetime, calendar: WorkCalendar) -> int:
    """Working seconds of the local day that have passed, 0 on a day off."""
    if not calendar.is_business_day(local.date()):
        return 0
    since_midnight = local.hour * 3600 + local.minute * 60 + local.second
    opened = since_midnight - calendar.opens_minute * 60
    return max(0, min(opened, calendar.minutes_a_day * 60))


def business_seconds_between(start: datetime, end: datetime, calendar: WorkCalendar) -> int:
    """Working seconds between two aware instants by the calendar's wall clock; 0 when not in order."""
    if start >= end:
        return 0
    a, b = to_local(start, calendar.zone), to_local(end, calendar.zone)
    days = business_days_between(a.date(), b.date(), calendar)
    seconds = days * calendar.minutes_a_day * 60
    return max(0, seconds + _seconds_into_day(b, calendar) - _seconds_into_day(a, calendar))


def add_business_seconds(start: datetime, seconds: int, calendar: WorkCalendar) -> datetime:
    """The instant at which *seconds* (>= 1) working seconds after *start* have passed.

    A full day ends at closing time, not at the next opening, so the answer is the earliest one.
    """
    local = to_local(start, calendar.zone)
    a_day = calendar.minutes_a_day * 60
    passed = _seconds_into_day(local, calendar)
    total = passed + seconds
    day = local.date()
    if calendar.is_business_day(day):
        if total <= a_day:
            return _moment(day, total, calendar)
        total -= a_day
    whole, rest = divmod(total - 1, a_day)
    return _moment(business_day_after(day, whole + 1, calendar), rest + 1, calendar)


def _moment(day: date, seconds: int, calendar: WorkCalendar) -> datetime:
    minute, second = divmod(seconds, 60)
    return instant(day, calendar.opens_minute + minute, calendar.zone) + timedelta(seconds=second)
