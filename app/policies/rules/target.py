"""TARGET days: on which banks settle euro payments, from the `holidays` package.

Closed on weekends, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December. Source: ECB, TARGET calendar.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

ZONE = "Europe/Berlin"
"""TARGET keeps the time of Frankfurt."""
_CALENDAR = "XECB"
_SATURDAY = 5


def is_target_day(day: date) -> bool:
    """True when TARGET is open on *day*."""
    return day.weekday() < _SATURDAY and day not in _closed(day.year)


def target_day_from(day: date) -> date:
    """*day* itself, or the first day after it on which TARGET is open."""
    while not is_target_day(day):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=64)
def _closed(year: int) -> frozenset[date]:
    return frozenset(holidays.financial_holidays(_CALENDAR, years=year, expand=False))
