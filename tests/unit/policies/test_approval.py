"""From which amount on two people approve: per currency, and always where nobody set a limit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Invalid
from app.kernel.money import Money
from app.policies.rules.approval import (
    DEFAULT_LIMITS,
    LARGEST_LIMIT,
    ApprovalLimits,
    checked_limits,
)


@pytest.mark.parametrize(
    ("amount", "currency", "needed"),
    [
        ("999.99", "EUR", False),
        ("1000", "EUR", True),
        ("149999", "JPY", False),
        ("150000", "JPY", True),
        ("0.01", "XAF", True),
    ],
)
def test_the_limit_is_per_currency_and_unknown_ones_need_two(
    amount: str, currency: str, needed: bool
) -> None:
    assert DEFAULT_LIMITS.needs_second(Money(Decimal(amount), currency)) is needed


@given(limit=st.integers(0, 10_000), cents=st.integers(1, 2_000_000))
def test_two_are_needed_from_the_limit_on_and_never_below(limit: int, cents: int) -> None:
    moved = Money.from_minor(cents, "EUR")

    assert ApprovalLimits({"EUR": limit}).needs_second(moved) is (cents >= limit * 100)


def test_the_order_of_currencies_is_no_change() -> None:
    one, two = ApprovalLimits({"EUR": 1, "USD": 2}), ApprovalLimits({"USD": 2, "EUR": 1})

    assert one.content_hash == two.content_hash


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"XXY": 1}, "currency"),
        ({"EUR": -1}, "out_of_range"),
        ({"EUR": LARGEST_LIMIT + 1}, "out_of_range"),
    ],
)
def test_limits_that_make_no_sense_name_their_currency(limits: dict[str, int], code: str) -> None:
    with pytest.raises(Invalid) as error:
        checked_limits(limits)

    assert (error.value.field, error.value.code) == (next(iter(limits)), code)
