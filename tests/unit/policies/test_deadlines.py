"""Due instants: hand-checked vectors and the bad inputs about time."""

# ruff: noqa: DTZ001 - wall-clock readings without a zone are the point here
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.kernel.errors import Refused
from app.policies.rules.calendars import business_day_after
from app.policies.rules.clocks import (
    ClockAct,
    ClockFact,
    Length,
    Rule,
    Running,
    Unit,
    add_months,
    due_from,
    extend,
    inside_hours,
    party_end,
    pause,
    reminders,
    replay,
)
from app.policies.rules.national import ZONES, national_calendar
from app.policies.rules.zones import (
    end_of_day,
    from_local,
    instant,
    is_known_zone,
    to_local,
    zone_of,
)

US = national_calendar("US").work_calendar()
WINDOW = Rule(Length(10, Unit.WINDOW, 14), US, "America/New_York")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("received", "earliest", "latest"),
    [
        ("2026-12-16T15:00", date(2026, 12, 31), date(2027, 1, 7)),
        ("2026-11-20T15:00", date(2026, 12, 7), date(2026, 12, 11)),
    ],
)
def test_restoration_window_matches_the_hand_checked_vectors(
    received: Any, earliest: Any, latest: Any
) -> None:
    due = due_from(at(received), WINDOW)

    assert due.earliest_at == end_of_day(earliest, "America/New_York")
    assert due.due_at == end_of_day(latest, "America/New_York")


def test_receipt_late_in_the_evening_counts_by_the_agents_day() -> None:
    due = due_from(at("2026-12-17T03:30"), WINDOW)

    assert due == due_from(at("2026-12-16T15:00"), WINDOW)


def test_statutory_window_cannot_be_paused() -> None:
    running = Running(due_from(at("2026-12-16T15:00"), WINDOW))

    with pytest.raises(Refused):
        pause(running, at("2026-12-17T15:00"), WINDOW)


def test_b121_gap_means_the_next_valid_instant() -> None:
    assert from_local(datetime(2026, 3, 29, 2, 30), "Europe/Berlin") == at("2026-03-29T01:00")


def test_b121_fold_means_the_later_instant() -> None:
    assert from_local(datetime(2026, 10, 25, 2, 30), "Europe/Berlin") == at("2026-10-25T01:30")


def test_b121_a_day_that_a_zone_skipped_ends_at_the_next_one() -> None:
    assert instant(date(2011, 12, 30), 18 * 60, "Pacific/Apia") == at("2011-12-30T10:00")


def test_b122_one_instant_reads_differently_in_each_zone() -> None:
    due = party_end(at("2026-11-20T09:00"), 7, "Pacific/Auckland")

    assert to_local(due, "Pacific/Auckland") == datetime(2026, 11, 27, 18, 0)
    assert to_local(due, "Europe/Lisbon") == datetime(2026, 11, 27, 5, 0)


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 11, 20), 6, date(2027, 5, 20)),
    ],
)
def test_b123_months_end_on_the_same_date_or_the_last(day: Any, n: Any, expected: Any) -> None:
    assert add_months(day, n) == expected


def test_b123_ten_business_days_over_the_turn_of_the_year() -> None:
    assert business_day_after(date(2026, 12, 23), 10, US) == date(2027, 1, 8)


def test_appeal_window_is_six_calendar_months_to_the_end_of_the_day() -> None:
    rule = Rule(Length(6, Unit.MONTHS), US, "Asia/Baku")

    due = due_from(at("2026-11-20T09:00"), rule).due_at

    assert to_local(due, "Asia/Baku") == datetime(2027, 5, 20, 23, 59, 59)


def test_b128_a_changed_calendar_leaves_a_running_rule_alone() -> None:
    plain = national_calendar("US")
    changed = national_calendar("US", 2020, 2036).work_calendar(2)
    rule = Rule(Length(3, Unit.BUSINESS_DAYS), plain.work_calendar(1), "America/New_York")

    moved = type(changed)(
        changed.code, 2, changed.zone, changed.weekend, changed.opens_minute,
        changed.closes_minute, changed.first_year, changed.last_year,
        changed.holidays | {date(2026, 11, 24)},
    )  # fmt: skip
    other = Rule(rule.length, moved, rule.zone)

    assert due_from(at("2026-11-20T15:00"), rule).due_at == end_of_day(
        date(2026, 11, 25), rule.zone
    )
    assert due_from(at("2026-11-20T15:00"), other).due_at == end_of_day(
        date(2026, 11, 27), rule.zone
    )


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Asia/Rangoon", {"Asia/Rangoon", "Asia/Yangon"}),
        ("US/Pacific-New", {"US/Pacific-New", "America/Los_Angeles"}),
    ],
)
def test_b129_a_renamed_zone_still_resolves(name: Any, key: Any) -> None:
    assert zone_of(name).key in key


def test_b129_a_zone_nobody_knows_counts_as_utc() -> None:
    assert zone_of("Mars/Olympus").key == "UTC"
    assert not is_known_zone("Mars/Olympus")
    assert party_end(at("2026-11-20T09:00"), 1, "Mars/Olympus") == at("2026-11-21T18:00")


def test_b130_years_past_2038_and_in_1900_are_counted() -> None:
    late = due_from(at("2045-06-01T12:00"), Rule(Length(10, Unit.BUSINESS_DAYS), US, "UTC"))
    early = due_from(at("1900-06-01T12:00"), Rule(Length(10, Unit.BUSINESS_DAYS), US, "UTC"))

    assert late.due_at == at("2045-06-15T23:59:59")
    assert early.due_at == at("1900-06-15T23:59:59")


@pytest.mark.parametrize("code", sorted(ZONES))
def test_every_national_calendar_has_new_year_and_an_own_zone(code: Any) -> None:
    calendar = national_calendar(code)

    assert is_known_zone(calendar.zone)
    assert date(2027, 1, 1) in dict(calendar.days)


def test_service_clock_counts_working_hours_over_a_weekend() -> None:
    rule = Rule(Length(8, Unit.BUSINESS_HOURS), US, "America/New_York")

    due = due_from(at("2026-11-20T20:00"), rule).due_at

    assert to_local(due, "America/New_York") == datetime(2026, 11, 23, 15, 0)


def test_a_pause_gives_back_exactly_the_working_time() -> None:
    rule = Rule(Length(8, Unit.BUSINESS_HOURS), US, "America/New_York")
    facts = (
        ClockFact(ClockAct.START, at("2026-11-23T14:00")),
        ClockFact(ClockAct.PAUSE, at("2026-11-23T16:00")),
        ClockFact(ClockAct.RESUME, at("2026-11-24T16:00")),
    )

    assert to_local(replay(facts, rule).due.due_at, "America/New_York") == datetime(
        2026, 11, 24, 17, 0
    )


def test_an_extension_must_end_later() -> None:
    running = Running(due_from(at("2026-11-20T09:00"), Rule(Length(7, Unit.PARTY_DAYS), US, "UTC")))

    with pytest.raises(Refused):
        extend(running, at("2026-11-27T17:59"))
    assert extend(running, at("2026-11-29T18:00")).due.due_at == at("2026-11-29T18:00")


def test_reminders_come_at_half_time_and_a_day_before() -> None:
    start, due = at("2026-11-20T18:00"), at("2026-11-27T18:00")

    assert reminders(start, due) == (at("2026-11-24T06:00"), at("2026-11-26T18:00"))
    assert reminders(start, start + timedelta(hours=10)) == (at("2026-11-20T23:00"),)


def test_mail_waits_for_waking_hours() -> None:
    assert inside_hours(at("2026-11-20T02:00"), "Europe/London") == at("2026-11-20T08:00")
    assert inside_hours(at("2026-11-20T21:00"), "Europe/London") == at("2026-11-21T08:00")
    assert inside_hours(at("2026-11-20T12:00"), "Europe/London") == at("2026-11-20T12:00")
