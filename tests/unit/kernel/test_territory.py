"""Territories obey boolean algebra in both forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Invalid
from app.kernel.territory import CODES, Territory

territories = st.builds(
    Territory,
    st.frozensets(st.sampled_from(sorted(CODES)), max_size=8) | st.just(CODES),
    st.booleans(),
)


@pytest.mark.parametrize(
    ("text", "member", "stranger"),
    [("WW-US-CA", "GB", "US"), ("us ca gb", "CA", "DE"), ("US,CA", "US", "GB"), ("WW", "ZZ", "XX")],
)
def test_both_written_forms_are_read(text: str, member: str, stranger: str) -> None:
    territory = Territory.parse(text)

    assert member in territory
    assert stranger not in territory


@pytest.mark.parametrize("text", ["USA", "WW-XX", "Germany", "U", "US-CA"])
def test_an_unknown_code_is_refused_by_name(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        Territory.parse(text)

    assert refused.value.code == "unknown_territory"


def test_all_codes_are_the_world() -> None:
    assert Territory(CODES) == Territory.world()
    assert str(Territory(CODES)) == "WW"


@given(territories)
def test_text_returns_to_the_same_territory(one: Territory) -> None:
    assert Territory.parse(str(one)) == one


@given(territories)
def test_a_territory_and_its_opposite_are_the_world(one: Territory) -> None:
    assert one | ~one == Territory.world()
    assert (one & ~one).is_empty
    assert ~~one == one


@given(territories, territories)
def test_de_morgan(one: Territory, two: Territory) -> None:
    assert ~(one | two) == ~one & ~two
    assert ~(one & two) == ~one | ~two


@given(territories, territories)
def test_order_does_not_matter(one: Territory, two: Territory) -> None:
    assert one | two == two | one
    assert one & two == two & one
    assert hash(one | two) == hash(two | one)


@given(territories, territories, territories)
def test_and_spreads_over_or(one: Territory, two: Territory, three: Territory) -> None:
    assert one & (two | three) == (one & two) | (one & three)


@given(territories, territories)
def test_difference_and_common_part_make_the_whole(one: Territory, two: Territory) -> None:
    assert (one - two) | (one & two) == one
    assert not (one - two).overlaps(two)
    assert one & two <= one
