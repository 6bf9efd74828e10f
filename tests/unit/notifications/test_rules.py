"""Ten mails an hour, one identity per notice, and which mails are tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notifications.rules import (
    HELD_FOR_CHECK,
    LIMIT,
    WINDOW,
    MailKind,
    due_under_limit,
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
