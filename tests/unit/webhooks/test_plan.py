"""The plan of attempts: eight, over a little more than three days, then over (DECISIONS 3, B171)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.infra import jobs
from app.webhooks.rules.plan import (
    ANSWER_SHOWN,
    GIVE_UP_AFTER,
    PAUSES,
    GivenUp,
    Outcome,
    gives_up,
    next_attempt,
    shown_answer,
)

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
FAILED = Outcome(500)


def test_there_are_eight_attempts_as_for_every_job() -> None:
    assert len(PAUSES) == len(jobs.PAUSES) == 7
    assert next_attempt(7, NOW, 0) is not None
    assert next_attempt(8, NOW, 0) is None


@given(st.lists(st.integers(0, 100), min_size=7, max_size=7))
def test_b171_a_receiver_that_is_down_for_three_days_is_still_called(spreads: list[int]) -> None:
    at = NOW
    for tries, spread in enumerate(spreads, 1):
        following = next_attempt(tries, at, spread)
        assert following is not None
        at = following

    assert timedelta(days=3) < at - NOW < timedelta(days=4)


@given(st.integers(1, 7), st.integers(0, 100))
def test_a_pause_is_never_shorter_than_planned_and_a_tenth_longer_at_most(
    tries: int, spread: int
) -> None:
    at = next_attempt(tries, NOW, spread)

    assert at is not None
    assert PAUSES[tries - 1] <= at - NOW <= PAUSES[tries - 1] * 11 / 10


def test_pauses_grow() -> None:
    assert list(PAUSES) == sorted(set(PAUSES))


@pytest.mark.parametrize("spread", [-1, 101])
def test_a_spread_beyond_the_jitter_is_a_bug(spread: int) -> None:
    with pytest.raises(ValueError, match="percentage"):
        next_attempt(1, NOW, spread)


@pytest.mark.parametrize(
    ("outcome", "since", "why"),
    [
        (Outcome(200), NOW - timedelta(days=30), None),
        (Outcome(204), None, None),
        (Outcome(410), None, GivenUp.GONE),
        (FAILED, None, None),
        (FAILED, NOW - GIVE_UP_AFTER + timedelta(seconds=1), None),
        (FAILED, NOW - GIVE_UP_AFTER, GivenUp.FAILING),
        (Outcome(failure="unreachable"), NOW - timedelta(days=6), GivenUp.FAILING),
    ],
)
def test_an_endpoint_is_given_up_when_it_says_so_or_after_five_days(
    outcome: Outcome, since: datetime | None, why: GivenUp | None
) -> None:
    assert gives_up(since, NOW, outcome) is why


@pytest.mark.parametrize("status", [None, 100, 199, 300, 302, 304, 400, 410, 500])
def test_only_2xx_is_a_success(status: int | None) -> None:
    assert not Outcome(status).is_good


@given(st.binary(max_size=4000))
def test_an_answer_is_kept_short_and_printable(body: bytes) -> None:
    said = shown_answer(body)

    assert len(said) <= ANSWER_SHOWN
    assert said.isprintable()
