"""What Babel says about a day, a time, an amount, a city or a country, remembered: a list asks the same a hundred times.

Pure: the answer depends on nothing but the arguments. Amounts are keyed by their digits, because
`Decimal("1.0") == Decimal("1.00")` but the two are written differently.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers

MOST = 4096
"""Answers kept of each kind in a process; a few hundred kilobytes."""


@lru_cache(MOST)
def day_text(day: date, skeleton: str, locale: str) -> str:
    """A day by a skeleton without hours; an instant must be cut to its day first."""
    return dates.format_skeleton(skeleton, day, locale=locale)


@lru_cache(MOST)
def clock_text(hour: int, minute: int, locale: str) -> str:
    """Hour and minute of 24 hours."""
    return dates.format_skeleton(
        "Hm", datetime.combine(date(2000, 1, 1), time(hour, minute)), locale=locale
    )


@lru_cache(MOST)
def percent_text(digits: str, locale: str) -> str:
    """A percentage with all of its *digits*: `70` is `70%`."""
    return numbers.format_percent(
        Decimal(digits).scaleb(-2), locale=locale, decimal_quantization=False
    )


@lru_cache(MOST)
def amount_text(digits: str, currency: str, locale: str) -> str:
    """An amount with the sign of its currency; *digits* as `str(Decimal)` writes them."""
    return numbers.format_currency(
        Decimal(digits),
        currency,
        locale=locale,
        decimal_quantization=False,
        numbering_system="latn",
    )


@lru_cache(MOST)
def city_text(zone: ZoneInfo, locale: str) -> str:
    """The city that names a zone."""
    return dates.get_timezone_location(zone, locale=locale, return_city=True)


@lru_cache(MOST)
def country_text(code: str, locale: str) -> str:
    """A country of two letters by its name; the letters themselves where nobody knows it."""
    return Locale.parse(locale).territories.get(code, code)
