"""Searches as people type them: any case, accents, width, spelling of identifiers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.rules.covers import SIDE, cover_of
from app.catalogue.rules.search import folded, wanted


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("XEZER", "Xəzər"),
        ("kulek", "Külək"),
        ("ＮＩＧＨＴ　ferry", "Night Ferry"),
        ("Գարուն", "գարուն"),
        ("夜の電車", "夜の電車"),
        ("ガ", "ｶﾞ"),
        ("strasse", "Straße"),
    ],
)
def test_case_accents_and_width_make_no_difference(typed: str, stored: str) -> None:
    assert folded(typed) == folded(stored)


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize("typed", ["AZTW12600418", "az-tw1-26-00418", " ISRC AZ TW1 26 00418 "])
def test_an_isrc_is_known_in_any_spelling(typed: str) -> None:
    assert wanted(typed).isrc == "AZTW12600418"


@pytest.mark.parametrize(
    "typed", ["036000291452", "36000291452", "0 36000 29145 2", "0036000291452"]
)
def test_a_upc_is_known_padded_or_not(typed: str) -> None:
    assert wanted(typed).upc == "00036000291452"


@pytest.mark.parametrize("typed", ["1989", "24 hours", "12345678", "a36000291452"])
def test_numbers_that_are_no_upc_are_words(typed: str) -> None:
    assert wanted(typed).upc is None
    assert wanted(typed).words


def test_nothing_asked_is_everything() -> None:
    assert wanted(" \u200b-").is_empty


@given(st.text(max_size=20))
def test_a_cover_is_the_same_each_time_and_stays_on_its_square(seed: str) -> None:
    cover = cover_of(seed)

    assert cover == cover_of(seed)
    assert all(0 <= shape.x <= SIDE and 0 <= shape.y <= SIDE for shape in cover.shapes)
    assert all(shape.tone != cover.ground for shape in cover.shapes)
