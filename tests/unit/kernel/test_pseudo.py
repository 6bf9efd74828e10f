"""The made-up language: longer, bracketed, and with every placeholder where it was."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.pseudo import LONGER, lengthen

MARKS = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}|</?\w+>|&\w+;|https://\S+")
texts = st.text("abcXYZ éß%.,- ", min_size=1).filter(str.strip)


@given(texts)
def test_it_is_longer_by_the_share_that_languages_need(text: str) -> None:
    assert len(lengthen(text)) >= len(text) * (1 + LONGER)


@given(
    st.lists(
        st.sampled_from(["%(name)s", "%%", "{d}", "<b>", "</b>", "&amp;", "Send it"]), min_size=1
    )
)
def test_placeholders_and_tags_stay_in_their_order(parts: list[str]) -> None:
    text = " ".join(parts)

    assert MARKS.findall(lengthen(text)) == MARKS.findall(text)


def test_it_can_still_be_read_and_stands_in_brackets() -> None:
    assert lengthen("Send case") == "‹Séñd çásé óné›"


def test_it_can_still_be_filled() -> None:
    assert lengthen("%(num)s of 100 %%") % {"num": 3} == "‹3 óf 100 % óné›"


@pytest.mark.parametrize("nothing", ["", " ", "\n"])
def test_nothing_stays_nothing(nothing: str) -> None:
    assert lengthen(nothing) == nothing
