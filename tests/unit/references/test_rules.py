"""When two numbers of others are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Invalid
from app.references.rules import normal_reference


@pytest.mark.parametrize(
    ("one", "other"),
    [("ab-12", " AB-12 "), ("#4711", "4711"), ("ＡＢ１２", "ab12"), ("12 34", "1234")],
)
def test_written_otherwise_it_is_the_same_number(one: str, other: str) -> None:
    assert normal_reference(one) == normal_reference(other)


@pytest.mark.parametrize(("one", "other"), [("12-3", "123"), ("1.23", "123"), ("0123", "123")])
def test_signs_inside_and_zeros_before_count(one: str, other: str) -> None:
    assert normal_reference(one) != normal_reference(other)


@given(st.text(max_size=60))
def test_the_compared_form_of_a_compared_form_is_itself(text: str) -> None:
    try:
        normal = normal_reference(text)
    except Invalid:
        return

    assert normal_reference(normal) == normal


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "##", "x" * 101])
def test_b002_nothing_is_no_number(text: str) -> None:
    with pytest.raises(Invalid):
        normal_reference(text)
