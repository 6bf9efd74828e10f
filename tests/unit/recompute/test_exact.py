"""Arithmetic in 64 bits says what plain Decimal says, at its edges and beyond them."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.recompute.adapters import exact
from app.recompute.adapters.exact import MOST, ONE, WHOLE
from tests.unit.recompute.reference import Part, rounded, worth

EDGES = (
    0,
    1,
    WHOLE // 2,
    WHOLE,
    ONE // 2,
    ONE,
    MOST // ONE,
    MOST - 1,
    MOST,
    MOST + 1,
    2**63 - 1,
    2**63,
    10**26,
)
AMOUNTS = st.builds(
    lambda size, sign: size * sign,
    st.one_of(st.sampled_from(EDGES), st.integers(0, 2 * MOST), st.integers(0, 10**15)),
    st.sampled_from((1, -1)),
)
RATES = st.one_of(
    st.sampled_from((0, 1, 5, ONE // 2, ONE - 1, ONE, ONE + 1, ONE * 10**6, MOST, MOST + 1, -ONE)),
    st.integers(1, 200 * ONE),
)
PARTS = st.one_of(
    st.sampled_from((0, 1, 5, WHOLE // 2, WHOLE // 4, WHOLE - 1, WHOLE, WHOLE + 1, 5 * WHOLE, -1)),
    st.integers(0, WHOLE),
)
LINES = st.tuples(AMOUNTS, RATES, PARTS, PARTS, PARTS).filter(
    lambda line: abs(line[0] * line[1]) < 10**36
)


def asked(lines: list[tuple[int, int, int, int, int]]) -> list[Decimal]:
    """What the database makes of units, rate, and what fee leaves, share, what withholding leaves."""
    values = ", ".join(
        f"({n}, cast({gross} as hugeint), cast({Decimal(rate).scaleb(-12):f} as decimal(38,12)), {keep}, {share}, {kept})"
        for n, (gross, rate, keep, share, kept) in enumerate(lines)
    )
    rated = f"""
        select n, gross, {exact.rate_columns("r")}, keep, share, kept
        from (values {values}) line(n, gross, r, keep, share, kept)"""
    found = duckdb.execute(f"select worth from ({exact.worth(rated, 'n')}) order by n").fetchall()
    return [row[0] for row in found]


def known(gross: int, rate: int, keep: int, share: int, kept: int) -> Decimal:
    fractions = [Decimal(parts).scaleb(-8) for parts in (WHOLE - keep, share, WHOLE - kept)]
    return worth(Part("", Decimal(gross).scaleb(-12), Decimal(rate).scaleb(-12), *fractions))


@given(st.lists(LINES, min_size=1, max_size=40))
@settings(max_examples=150, deadline=None)
def test_the_four_steps_equal_decimals_inside_and_outside_of_64_bits(
    lines: list[tuple[int, int, int, int, int]],
) -> None:
    assert asked(lines) == [known(*line) for line in lines]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("gross", "rate", "keep"),
    [
        (1, ONE // 2, WHOLE),
        (3, ONE // 2, WHOLE),
        (1, ONE // 2 - 1, WHOLE),
        (1, ONE, WHOLE // 2),
        (5 * 10**7 + 1, ONE, WHOLE // 2),
        (1, ONE, WHOLE // 2 - 1),
        (MOST, ONE, WHOLE),
        (MOST, ONE + 1, WHOLE),
        (MOST - 1, ONE, WHOLE // 2),
        (MOST + 1, ONE, WHOLE // 2),
        (MOST, ONE, 5 * WHOLE),
        (1, ONE, -WHOLE // 2),
        (2_000_000_000_001, 2_000_000_000_000_000_000, WHOLE),
        (1_999_999, MOST, WHOLE - 1),
    ],
)
def test_a_half_goes_away_from_zero_and_limits_hold(
    sign: int, gross: int, rate: int, keep: int
) -> None:
    line = (sign * gross, rate, keep, WHOLE, WHOLE)

    assert asked([line]) == [known(*line)]


@given(AMOUNTS.filter(lambda units: abs(units) < 10**24), PARTS)
@settings(max_examples=150, deadline=None)
def test_a_part_of_an_amount_is_the_rounded_product(units: int, parts: int) -> None:
    (row,) = duckdb.execute(
        f"select {exact.portion_of('g', 'p')} from (select cast({units} as hugeint) as g, cast({parts} as bigint) as p)"
    ).fetchall()

    assert row[0] == rounded(Decimal(units).scaleb(-12) * Decimal(parts).scaleb(-8))


@given(
    st.from_regex(r"[+-]?[0-9]{1,8}(\.[0-9]{1,14})?", fullmatch=True).filter(str.isascii),
)
@settings(max_examples=200, deadline=None)
def test_a_short_number_is_read_as_its_units_and_a_long_one_is_left_alone(text: str) -> None:
    (row,) = duckdb.execute(
        f"select {exact.is_narrow('t')}, case when {exact.is_narrow('t')} then {exact.units_of_text('t')} end from (select $1 as t)",
        [text],
    ).fetchall()
    whole, _point, places = text.lstrip("+-").partition(".")
    is_short = len(whole) <= 6 and len(places) <= 12

    assert row == (is_short, int(Decimal(text).scaleb(12)) if is_short else None)


@given(st.integers(-(10**26) + 1, 10**26 - 1))
def test_units_and_amounts_are_two_ways_to_say_one_number(units: int) -> None:
    (row,) = duckdb.execute(
        f"select {exact.amount_of('u')}, {exact.units_of(exact.amount_of('u'))} from (select cast({units} as hugeint) as u)"
    ).fetchall()

    assert row == (Decimal(units).scaleb(-12), units)
