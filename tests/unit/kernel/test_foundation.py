"""Actors, sides, errors, events and the standing clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.kernel.actor import Actor, ActorKind, Role
from app.kernel.clock import FixedClock
from app.kernel.errors import Forbidden, Invalid, InvalidMany, NotFound, Refused, Stale, Unavailable
from app.kernel.events import Event
from app.kernel.sides import Side


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR, Role.ARTIST])
def test_admins_and_auditors_hold_no_case(role: Role) -> None:
    assert not Actor(ActorKind.PERSON, uuid4(), "A", frozenset({role})).is_staff


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD, Role.FINANCE_APPROVER])
def test_agents_and_finance_are_staff(role: Role) -> None:
    assert Actor(ActorKind.PERSON, uuid4(), "A", frozenset({role})).is_staff


def test_the_system_is_no_person() -> None:
    assert Actor.system("job:x").is_system
    assert not Actor.anonymous().is_person


def test_sides_have_an_opposite() -> None:
    assert Side.COMPLAINANT.other is Side.RESPONDENT
    assert Side.DESK.other is Side.DESK


def test_a_clock_needs_an_aware_instant() -> None:
    with pytest.raises(ValueError, match="aware"):
        FixedClock(datetime(2026, 11, 20, 9))  # noqa: DTZ001 - the naive instant is the test


def test_a_clock_moves_when_told() -> None:
    clock = FixedClock(datetime(2026, 11, 20, 9, tzinfo=UTC))
    clock.advance(timedelta(hours=1))

    assert clock.now().hour == 10


def test_several_mistakes_are_kept_in_order() -> None:
    first, second = Invalid("a", "x", "one"), Invalid("b", "y", "two")

    both = InvalidMany([first, second])

    assert (both.field, both.errors) == ("a", (first, second))


def test_every_error_has_a_code() -> None:
    errors = [
        NotFound(),
        Forbidden(),
        Refused("late", "Too late."),
        Stale("Changed."),
        Unavailable("mail"),
    ]

    assert [error.code for error in errors] == [
        "not_found",
        "forbidden",
        "late",
        "stale",
        "unavailable",
    ]


def test_event_types_are_named_in_snake_case() -> None:
    @dataclass(frozen=True, slots=True)
    class CaseSubmitted(Event):
        """A test event."""

    assert CaseSubmitted(uuid4()).type_name() == "case_submitted"
