"""The next due instant of a case is reckoned from its clocks as they are at hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.cases.models import Case, Clock
from app.cases.service.clocks import refresh_next_due

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def clock(
    hours: int, kind: str, state: str = "running", *, ended: bool = False, key: int = 0
) -> Clock:
    """A clock that ends some hours after noon."""
    return Clock(
        id=UUID(int=key), kind=kind, state=state, due_at=NOON + timedelta(hours=hours), ended_at=NOON if ended else None
    )  # fmt: skip


def next_due(*clocks: Clock) -> tuple[datetime | None, str | None]:
    case = Case(next_due_at=NOON, next_due_kind="before")
    refresh_next_due(case, clocks)
    return case.next_due_at, case.next_due_kind


def test_the_soonest_that_runs_counts() -> None:
    late = clock(9, "resolution")

    assert next_due(late, clock(5, "party")) == (NOON + timedelta(hours=5), "party")
    assert next_due(late, clock(5, "party", "paused")) == (NOON + timedelta(hours=9), "resolution")
    assert next_due(late, clock(5, "party", "met", ended=True)) == (
        NOON + timedelta(hours=9),
        "resolution",
    )
    assert next_due(late, clock(-1, "party", "breached")) == (NOON - timedelta(hours=1), "party")


def test_two_of_one_instant_are_in_order_of_their_ids() -> None:
    assert next_due(clock(5, "b", key=2), clock(5, "a", key=1))[1] == "a"


def test_without_a_clock_nothing_is_due() -> None:
    assert next_due() == next_due(clock(5, "party", "paused")) == (None, None)
