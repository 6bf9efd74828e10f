"""Money is exact, knows its currency and divides without losing a unit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Invalid
from app.kernel.money import (
    CURRENCIES,
    CurrencyMismatch,
    Money,
    allocate,
    allocate_units,
    exponent_of,
    parse_currency,
    sum_money,
)

units = st.integers(min_value=-(10**15), max_value=10**15)
weights = st.lists(
    st.decimals(min_value=0, max_value=1, places=8, allow_nan=False), min_size=1, max_size=12
).filter(any)
currencies = st.sampled_from(sorted(CURRENCIES))


@pytest.mark.parametrize(
    ("currency", "places"), [("JPY", 0), ("UGX", 0), ("EUR", 2), ("KWD", 3), ("TND", 3), ("CLF", 4)]
)
def test_exponent_is_that_of_iso_4217(currency: str, places: int) -> None:
    assert exponent_of(currency) == places


def test_unknown_currency_is_refused() -> None:
    with pytest.raises(Invalid, match="“EURO”") as refused:
        parse_currency("euro")

    assert refused.value.code == "unknown_currency"


@pytest.mark.parametrize("amount", [0.1, 1, "1"])
def test_only_a_decimal_is_an_amount(amount: object) -> None:
    with pytest.raises(TypeError):
        Money(amount, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_b087_an_amount_is_finite(amount: str) -> None:
    with pytest.raises(Invalid):
        Money(Decimal(amount), "EUR")


def test_two_currencies_are_never_added() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "USD")


def test_two_currencies_are_never_compared() -> None:
    with pytest.raises(CurrencyMismatch):
        assert Money(Decimal(1), "EUR") < Money(Decimal(2), "USD")


def test_money_is_compared_with_zero_only() -> None:
    assert Money(Decimal(1), "EUR") > 0

    with pytest.raises(TypeError):
        assert Money(Decimal(1), "EUR") > 1


def test_money_is_not_multiplied_by_a_float() -> None:
    with pytest.raises(TypeError):
        Money(Decimal(1), "EUR") * 0.5  # type: ignore[operator]


def test_negative_zero_is_zero() -> None:
    assert str(Money(Decimal("-0.00"), "EUR")) == "0.00 EUR"


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "EUR", "0.01"),
        ("-0.005", "EUR", "-0.01"),
        ("0.5", "JPY", "1"),
        ("1.0005", "KWD", "1.001"),
        ("2.345", "EUR", "2.35"),
    ],
)
def test_rounding_is_half_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    assert Money(Decimal(amount), currency).rounded() == Money(Decimal(rounded), currency)


def test_b089_a_part_of_a_cent_is_no_minor_unit() -> None:
    with pytest.raises(Invalid) as refused:
        Money(Decimal("0.001"), "EUR").minor_units()

    assert refused.value.code == "sub_unit"


def test_products_keep_every_place() -> None:
    amount, rate = "12345678901234567890123456.789012345678", "1.000000000001"

    product = Money(Decimal(amount), "EUR") * Decimal(rate)

    assert Fraction(product.amount) == Fraction(amount) * Fraction(rate)


def test_the_example_of_the_statement_rules() -> None:
    shares = [Decimal("0.5"), Decimal("0.33333333"), Decimal("0.16666667")]

    parts = allocate(Money(Decimal("100.01"), "EUR"), shares)

    assert [str(part.amount) for part in parts] == ["50.00", "33.34", "16.67"]


def test_b092_three_thirds_add_up_to_the_whole() -> None:
    parts = allocate(Money(Decimal("100.00"), "EUR"), [Decimal("33.333333")] * 3)

    assert [str(part.amount) for part in parts] == ["33.34", "33.33", "33.33"]


@pytest.mark.parametrize("bad", [[], [Decimal(0)], [Decimal(1), Decimal(-1)], [Decimal(-1)]])
def test_allocation_needs_positive_weights(bad: list[Decimal]) -> None:
    with pytest.raises(Invalid):
        allocate_units(100, bad)


@given(units, weights)
def test_parts_add_up_to_the_whole(total: int, given_weights: list[Decimal]) -> None:
    assert sum(allocate_units(total, given_weights)) == total


@given(units, weights)
def test_each_part_is_within_one_unit_of_its_exact_share(total: int, given: list[Decimal]) -> None:
    whole = sum(Fraction(weight) for weight in given)

    parts = allocate_units(total, given)

    assert all(
        abs(part - total * Fraction(weight) / whole) < 1
        for part, weight in zip(parts, given, strict=True)
    )


@given(units, weights)
def test_the_opposite_is_split_like_the_amount(total: int, given_weights: list[Decimal]) -> None:
    opposite = [-part for part in allocate_units(-total, given_weights)]

    assert opposite == allocate_units(total, given_weights)


@given(units, weights)
def test_a_larger_weight_never_gets_less(total: int, given_weights: list[Decimal]) -> None:
    parts = allocate_units(abs(total), given_weights)

    ranked = sorted(zip(given_weights, parts, strict=True))
    assert [part for _weight, part in ranked] == sorted(parts)


@given(units, currencies)
def test_minor_units_return_to_the_same_money(count: int, currency: str) -> None:
    assert Money.from_minor(count, currency).minor_units() == count


@given(st.lists(units, max_size=20), currencies)
def test_sums_are_exact(counts: list[int], currency: str) -> None:
    total = sum_money([Money.from_minor(count, currency) for count in counts], currency)

    assert total.minor_units() == sum(counts)
