"""Shares are exact fractions of a whole."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Invalid
from app.kernel.share import WHOLE, Share, ShareExceedsWhole, refuse_over_whole, total_of

shares = st.decimals(min_value=0, max_value=1, places=8, allow_nan=False).map(Share)


def test_b092_the_sum_of_three_thirds_shows_its_gap() -> None:
    thirds = [Share.from_percent("33.333333")] * 3

    assert total_of(thirds) == Decimal("0.99999999")


def test_b092_a_hair_over_the_whole_is_refused() -> None:
    with pytest.raises(ShareExceedsWhole, match=r"100\.000001"):
        refuse_over_whole([Share.from_percent("50"), Share.from_percent("50.000001")])


@pytest.mark.parametrize("text", ["100.000001", "-1", "1e1", "NaN", "", "50%", "1_0", "1.2.3", "."])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Share.from_percent(text)


def test_more_than_eight_places_are_refused_not_rounded() -> None:
    with pytest.raises(Invalid, match="six decimals"):
        Share(Decimal("0.333333333"))


def test_a_float_is_no_share() -> None:
    with pytest.raises(TypeError):
        Share(0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "shown"), [("50", "50"), ("33.333300", "33.3333"), ("100", "100")]
)
def test_percent_has_no_trailing_zeros(text: str, shown: str) -> None:
    assert f"{Share.from_percent(text).percent:f}" == shown


def test_the_whole_is_allowed() -> None:
    assert refuse_over_whole([WHOLE]) == 1


@given(shares)
def test_percent_returns_to_the_same_share(share: Share) -> None:
    assert Share.from_percent(f"{share.percent:f}") == share
