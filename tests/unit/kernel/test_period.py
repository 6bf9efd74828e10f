"""Half-open periods: touching ones do not overlap, pieces add up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.kernel.errors import Invalid
from app.kernel.period import Period

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2003, 1, 1))
ends = st.none() | days


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """Any period, also open ones."""
    start, end = draw(ends), draw(ends)
    assume(start is None or end is None or start < end)
    return Period(start, end)


@pytest.mark.parametrize(
    ("start", "end"),
    [(date(2026, 2, 1), date(2026, 1, 1)), (date(2026, 1, 1), date(2026, 1, 1))],
)
def test_b014_a_period_that_ends_before_it_begins_is_refused(start: date, end: date) -> None:
    with pytest.raises(Invalid) as refused:
        Period(start, end)

    assert refused.value.code == "period_order"


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_b014_years_out_of_reason_are_refused(day: date) -> None:
    with pytest.raises(Invalid) as refused:
        Period(day, None)

    assert refused.value.code == "period_year"


def test_a_month_ends_where_the_next_begins() -> None:
    assert Period.of_month("2025-12").end == Period.of_month("2026-01").start


@pytest.mark.parametrize("text", ["2026-13", "2026", "03/2026", "", "2026-00", "9999-12"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Period.of_month(text)


def test_touching_periods_do_not_overlap() -> None:
    assert not Period.of_month("2026-01").overlaps(Period.of_month("2026-02"))


def test_people_name_the_last_day() -> None:
    period = Period.through(date(2026, 1, 1), date(2026, 1, 31))

    assert period == Period.of_month("2026-01")
    assert period.last_day == date(2026, 1, 31)


@given(periods(), periods())
def test_overlap_is_mutual(left: Period, right: Period) -> None:
    assert left.overlaps(right) == right.overlaps(left)


@given(periods(), periods(), days)
def test_a_day_is_in_the_intersection_when_it_is_in_both(
    left: Period, right: Period, day: date
) -> None:
    common = left.intersection(right)

    assert (common is not None and day in common) == (day in left and day in right)


@given(periods(), periods(), days)
def test_a_day_is_left_over_when_only_the_first_has_it(
    left: Period, right: Period, day: date
) -> None:
    left_over = any(day in piece for piece in left.minus(right))

    assert left_over == (day in left and day not in right)


@given(days)
def test_one_day_holds_itself_alone(day: date) -> None:
    one = Period.through(day, day)

    assert day in one
    assert day + timedelta(days=1) not in one
