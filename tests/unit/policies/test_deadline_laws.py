"""Laws of the due-date function over many starts, lengths, pauses, calendars and zones."""

# ruff: noqa: DTZ001 - wall-clock readings without a zone are the point here
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.policies.rules.calendars import add_business_seconds, business_seconds_between
from app.policies.rules.clocks import ClockAct, ClockFact, Length, Rule, Unit, due_from, replay
from app.policies.rules.national import ZONES, national_calendar
from app.policies.rules.zones import to_local, zone_of

CALENDARS = [national_calendar(code).work_calendar() for code in ("US", "DE", "JP", "AZ")]
PLACES = [*ZONES.values(), "Pacific/Auckland", "America/St_Johns", "Africa/Casablanca", "UTC"]

moments = st.datetimes(datetime(2021, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC))
pausable = st.sampled_from(
    [Unit.BUSINESS_HOURS, Unit.BUSINESS_DAYS, Unit.PARTY_DAYS, Unit.DAYS, Unit.MONTHS]
)
rules = st.builds(
    Rule,
    st.builds(Length, st.integers(1, 40), pausable),
    st.sampled_from(CALENDARS),
    st.sampled_from(PLACES),
)
gaps = st.lists(st.integers(1, 400_000).map(lambda s: timedelta(seconds=s)), min_size=0, max_size=8)


def history(start: datetime, steps: list[timedelta]) -> list[ClockFact]:
    facts, moment = [ClockFact(ClockAct.START, start)], start
    for number, step in enumerate(steps):
        moment += step
        facts.append(ClockFact(ClockAct.RESUME if number % 2 else ClockAct.PAUSE, moment))
    return facts


@given(moments, rules, gaps)
@settings(max_examples=300)
def test_pausing_never_shortens(start: Any, rule: Any, steps: Any) -> None:
    facts = history(start, steps)

    dues = [replay(facts[: n + 1], rule).due.due_at for n in range(len(facts))]

    assert dues == sorted(dues)


@given(moments, rules)
@settings(max_examples=300)
def test_due_is_after_the_start_and_grows_with_the_length(start: Any, rule: Any) -> None:
    longer = Rule(Length(rule.length.n + 1, rule.length.unit), rule.calendar, rule.zone)

    assert start < due_from(start, rule).due_at < due_from(start, longer).due_at


@given(moments, st.integers(0, 4_000_000), rules)
@settings(max_examples=300)
def test_a_later_start_is_never_due_earlier(start: Any, seconds: Any, rule: Any) -> None:
    later = start + timedelta(seconds=seconds)

    assert due_from(start, rule).due_at <= due_from(later, rule).due_at


@given(moments, st.integers(1, 400 * 3600), st.sampled_from(CALENDARS))
@settings(max_examples=300)
def test_adding_working_time_and_measuring_it_agree(
    start: Any, seconds: Any, calendar: Any
) -> None:
    start = start.replace(microsecond=0)

    assert (
        business_seconds_between(start, add_business_seconds(start, seconds, calendar), calendar)
        == seconds
    )


@given(moments, st.integers(0, 400_000), st.sampled_from(CALENDARS))
@settings(max_examples=300)
def test_there_is_no_working_time_between_instants_out_of_order(
    end: Any, seconds: Any, calendar: Any
) -> None:
    assert business_seconds_between(end + timedelta(seconds=seconds), end, calendar) == 0


@given(moments, rules, st.integers(0, 400_000), st.integers(1, 400_000))
@settings(max_examples=300)
def test_what_was_late_before_it_rested_stays_as_late(
    start: Any, rule: Any, late: Any, rest: Any
) -> None:
    due = due_from(start, rule).due_at
    rests = due + timedelta(seconds=late)
    goes_on = rests + timedelta(seconds=rest)

    facts = [
        ClockFact(ClockAct.START, start),
        ClockFact(ClockAct.PAUSE, rests),
        ClockFact(ClockAct.RESUME, goes_on),
    ]

    assert replay(facts, rule).due.due_at == due


@given(moments, st.integers(1, 90), st.sampled_from(PLACES))
@settings(max_examples=300)
def test_party_deadlines_read_18_00_in_their_zone(start: Any, days: Any, place: Any) -> None:
    due = due_from(start, Rule(Length(days, Unit.PARTY_DAYS), CALENDARS[0], place)).due_at

    assert (to_local(due, place).hour, to_local(due, place).minute) == (18, 0)
    assert due.astimezone(zone_of(place)).utcoffset() is not None
