"""Laws of TARGET days: open on weekdays but for six days a year, and a payment is asked for on the first that is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policies.rules.target import is_target_day, target_day_from

DAYS = st.dates(date(2002, 1, 1), date(2098, 12, 31))


def easter(year: int) -> date:
    """Sunday of Easter by Gauss's rule as Meeus gives it: another reckoning than the library's."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return date(year, month, day + 1)


def closed(year: int) -> set[date]:
    sunday = easter(year)
    fixed = {date(year, *one) for one in ((1, 1), (5, 1), (12, 25), (12, 26))}
    return fixed | {sunday - timedelta(days=2), sunday + timedelta(days=1)}


@given(DAYS)
def test_target_is_open_on_weekdays_but_for_six_days_a_year(day: date) -> None:
    assert is_target_day(day) == (day.weekday() < 5 and day not in closed(day.year))


@given(DAYS)
def test_the_first_target_day_is_open_not_before_and_none_is_left_out(day: date) -> None:
    found = target_day_from(day)

    assert is_target_day(found)
    assert found >= day
    assert not any(is_target_day(day + timedelta(days=n)) for n in range((found - day).days))
    assert target_day_from(found) == found
    assert (found - day).days <= 5


@pytest.mark.parametrize(
    ("day", "found"),
    [
        ("2026-11-27", "2026-11-27"),
        ("2026-11-28", "2026-11-30"),
        ("2026-11-29", "2026-11-30"),
        ("2026-04-03", "2026-04-07"),
        ("2026-05-01", "2026-05-04"),
        ("2026-12-25", "2026-12-28"),
        ("2027-01-01", "2027-01-04"),
        ("2028-04-13", "2028-04-13"),
        ("2028-04-14", "2028-04-18"),
        ("2026-10-03", "2026-10-05"),
        ("2026-06-04", "2026-06-04"),
    ],
)
def test_known_days(day: str, found: str) -> None:
    assert target_day_from(date.fromisoformat(day)) == date.fromisoformat(found)
