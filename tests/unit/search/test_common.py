"""Which questions ask for a word that is everywhere."""

from __future__ import annotations

import pytest

from app.search.queries import is_common
from app.search.rules import ask

COMMON = frozenset({"the", "recording"})


@pytest.mark.parametrize("typed", ["the", "The", "recording", "rec", "r"])
def test_a_common_word_and_its_beginning_are_common(typed: str) -> None:
    assert is_common(ask(typed), COMMON)


@pytest.mark.parametrize(
    "typed", ["", "night", "recordings", "the recording", "the night", "night the"]
)
def test_rare_words_and_several_are_not(typed: str) -> None:
    assert not is_common(ask(typed), COMMON)
