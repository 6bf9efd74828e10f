"""Words that should not reach a side: private labels and unshared amounts, however they are written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.conversations.rules.slips import readings_of, slips_in

MONEY = (Decimal("1118.20"), Decimal(5))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("See R2 and r2, not E1.", ["R2"]),
        ("We hold 1,118.20 EUR.", ["1,118.20"]),
        ("We hold 1.118,20 EUR.", ["1.118,20"]),
        ("€1 118,2 is held", ["1 118,2"]),
        ("5 days, 11 documents", []),
        ("AR25 or R2-D2 is no exhibit", []),
        ("", []),
    ],
)
def test_a_slip_is_found_as_people_write_it(body: str, found: list[str]) -> None:
    assert [slip.words for slip in slips_in(body, ["R2"], MONEY)] == found


@given(st.text(max_size=200))
def test_without_secrets_nothing_slips(body: str) -> None:
    assert slips_in(body, [], []) == ()


@given(st.decimals(min_value=10, max_value=10**9, places=2))
def test_every_written_form_reads_as_its_amount(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))

    assert amount.normalize() in readings_of(english)
    assert amount.normalize() in readings_of(german)
