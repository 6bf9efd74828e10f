"""Ten mails an hour, one identity per notice, and which mails are tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notifications.rules import (
    HELD_FOR_CHECK,
    LIMIT,
    MANNERS,
    SECRET,
    WINDOW,
    Choices,
    MailKind,
    Quiet,
    due_under_limit,
    path_of,
    resends_by_itself,
    stable_id,
)

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=80))
def test_no_hour_holds_more_than_ten(minutes: list[int]) -> None:
    due: list[datetime] = []
    for minute in sorted(minutes):
        due.append(due_under_limit(due, NOW + timedelta(minutes=minute)))

    crowded = [at for at in due if sum(at - WINDOW < other <= at for other in due) > LIMIT]
    assert crowded == []


@given(st.lists(st.integers(-90, 0), max_size=30))
def test_a_mail_never_leaves_before_it_was_asked_for(minutes: list[int]) -> None:
    recent = [NOW + timedelta(minutes=minute) for minute in minutes]

    assert due_under_limit(recent, NOW) >= NOW


def test_the_eleventh_waits_for_the_first_to_be_an_hour_old() -> None:
    recent = [NOW - timedelta(minutes=30)] + [NOW - timedelta(minutes=1)] * 9

    assert due_under_limit(recent, NOW) == NOW + timedelta(minutes=30)


def test_one_notice_has_one_identity() -> None:
    first = stable_id(MailKind.LETTER_READY, "x", "ada@example.com", "h.example")

    assert first == stable_id(MailKind.LETTER_READY, "x", "Ada@Example.com", "h.example")
    assert first != stable_id(MailKind.LETTER_READY, "y", "ada@example.com", "h.example")
    assert first != stable_id(MailKind.LETTER_READY, "x", "bo@example.com", "h.example")
    assert first != stable_id(MailKind.DECISION_READY, "x", "ada@example.com", "h.example")


@pytest.mark.parametrize("kind", MailKind)
def test_mails_on_which_a_date_hangs_are_looked_at_first(kind: MailKind) -> None:
    assert resends_by_itself(kind) is (kind not in HELD_FOR_CHECK)


TIMES = st.integers(0, 1439)
ZONES = st.sampled_from(
    ["UTC", "Asia/Baku", "Pacific/Auckland", "America/New_York", "Asia/Kathmandu"]
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone


@given(TIMES, TIMES, ZONES, MOMENTS)
def test_after_the_quiet_hours_nobody_is_in_them_and_waits_at_most_a_day(
    starts: int, ends: int, zone: str, moment: datetime
) -> None:
    quiet = Quiet(starts, ends, zone)

    after = quiet.after(moment)

    assert moment <= after <= moment + timedelta(hours=26)
    assert quiet.holds(moment) or after == moment
    local = after.astimezone(ZoneInfo(zone))
    skipped = local.hour * 60 + local.minute != ends
    assert not quiet.holds(after) or skipped


@given(TIMES, ZONES, MOMENTS)
def test_the_same_time_twice_means_no_quiet_hours(at: int, zone: str, moment: datetime) -> None:
    assert not Quiet(at, at, zone).holds(moment)


def test_every_kind_has_its_manner_and_what_is_statutory_is_never_held_back() -> None:
    assert set(MANNERS) == set(MailKind)
    for kind in (MailKind.ACKNOWLEDGEMENT, MailKind.LETTER_READY, MailKind.DECISION_READY, *SECRET):
        manner = MANNERS[kind]
        assert (manner.choice, manner.waits, manner.limited) == (False, False, False)


def test_what_may_not_be_switched_off_is_mailed_whatever_was_chosen() -> None:
    chosen = Choices({kind.value: False for kind in MailKind}, Quiet(), digest=True)

    for kind, manner in MANNERS.items():
        assert chosen.mails(kind) is (manner.mailed and not manner.choice)
        assert not chosen.in_digest(kind)


@pytest.mark.parametrize(
    ("kind", "values", "path"),
    [
        (MailKind.REQUEST_ASKED, {"ref": "RD-1", "request": "2"}, "/cases/RD-1/requests/2"),
        (MailKind.REQUEST_REMINDER, {"ref": "RD-1", "request": ""}, "/cases/RD-1"),
        (MailKind.DECISION_READY, {"ref": "RD-1"}, "/cases/RD-1/decision"),
        (MailKind.WINDOW_ALARM, {"ref": "RD-1"}, "/desk/cases/RD-1"),
        (MailKind.DIGEST, {}, "/notifications"),
    ],
)
def test_a_notice_leads_to_its_page(kind: MailKind, values: dict[str, str], path: str) -> None:
    assert path_of(kind, values) == path
