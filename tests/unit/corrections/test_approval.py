"""Four eyes, limits, freshness, and the hash of what was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corrections.rules.approval import (
    ApprovalBar,
    ApprovalFacts,
    approval_bar,
    bar_text,
    check_fresh,
    check_seen,
)
from app.corrections.rules.seen import canonical, seen_hash
from app.kernel.errors import Refused, Stale

FAY, GUS, GIL, GUS_TWO, ADA = (UUID(int=i) for i in range(1, 6))
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
FACTS = ApprovalFacts(
    same_human=frozenset({GUS}),
    is_approver=True,
    is_waiting=True,
    makers=frozenset({FAY}),
    approvers=frozenset(),
    payees=frozenset({ADA}),
)


def test_somebody_else_may_approve() -> None:
    assert approval_bar(FACTS) is None


@pytest.mark.parametrize(
    ("change", "bar"),
    [
        ({"makers": frozenset({FAY, GUS})}, ApprovalBar.OWN_PREPARATION),
        ({"same_human": frozenset({GUS, FAY})}, ApprovalBar.OWN_PREPARATION),
        ({"approvers": frozenset({GUS})}, ApprovalBar.FIRST_APPROVER),
        ({"payees": frozenset({GUS})}, ApprovalBar.OWN_MONEY),
        ({"is_approver": False}, ApprovalBar.NOT_APPROVER),
        ({"is_waiting": False}, ApprovalBar.NOT_WAITING),
    ],
)
def test_b096_nobody_approves_their_own_work_or_money(
    change: dict[str, object], bar: ApprovalBar
) -> None:
    assert approval_bar(replace(FACTS, **change)) is bar
    assert bar_text(bar)


@given(
    st.sets(st.sampled_from([FAY, GUS, GIL, GUS_TWO, ADA]), min_size=1),
    st.sets(st.sampled_from([FAY, GUS, GIL, GUS_TWO, ADA]), min_size=1),
    st.sets(st.sampled_from([GUS, GIL])),
)
def test_maker_and_checker_are_never_the_same_human(
    human: set[UUID], makers: set[UUID], approvers: set[UUID]
) -> None:
    facts = replace(
        FACTS,
        same_human=frozenset(human),
        makers=frozenset(makers),
        approvers=frozenset(approvers),
        payees=frozenset(),
    )

    assert (approval_bar(facts) is None) is not bool(human & (makers | approvers))


@pytest.mark.parametrize("age", [timedelta(0), timedelta(minutes=5)])
def test_a_fresh_proof_passes(age: timedelta) -> None:
    check_fresh(NOW - age, NOW)


@pytest.mark.parametrize(
    "proven_at", [None, NOW - timedelta(minutes=5, seconds=1), NOW + timedelta(seconds=1)]
)
def test_an_old_missing_or_future_proof_is_refused(proven_at: datetime | None) -> None:
    with pytest.raises(Refused):
        check_fresh(proven_at, NOW)


def test_b098_an_amount_edited_after_opening_is_stale() -> None:
    opened = seen_hash({"amount": 41283, "currency": "EUR"})
    stands = seen_hash({"amount": 41284, "currency": "EUR"})

    check_seen(opened, opened)
    with pytest.raises(Stale):
        check_seen(opened, stands)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), plain, max_size=4))
def test_the_order_of_keys_does_not_matter(working: dict[str, object]) -> None:
    backwards = dict(reversed(list(working.items())))

    assert seen_hash(working) == seen_hash(backwards)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}, {1: "a"}, {"a": Decimal(1)}])
def test_a_float_is_never_hashed(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)  # type: ignore[arg-type]
