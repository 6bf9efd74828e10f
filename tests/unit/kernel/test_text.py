"""Typed text: refused by position, kept as typed, cut between graphemes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Invalid
from app.kernel.text import clean_text, cut, is_blank, mixed_script_words, show_overrides


def cleaned(text: str, *, required: bool = True, max_length: int = 200) -> str:
    """*text* as a field named `note`."""
    return clean_text(text, field="note", max_length=max_length, required=required)


@pytest.mark.parametrize(
    "text", ["", "   ", "\u00a0", "\u200b", "\u200d\u200c", "\ufeff", "\u3164", "\u2800\n\t"]
)
def test_b002_what_cannot_be_seen_is_empty(text: str) -> None:
    assert is_blank(text)
    with pytest.raises(Invalid) as refused:
        cleaned(text)

    assert refused.value.code == "required"
    assert cleaned(text, required=False) == ""


def test_b003_one_character_too_many_is_refused_with_both_numbers() -> None:
    assert cleaned("x" * 200)
    with pytest.raises(Invalid, match="200 characters; this has 201"):
        cleaned("x" * 201)


def test_b003_length_is_counted_in_code_points() -> None:
    assert cleaned("😀" * 200)


@pytest.mark.parametrize(
    ("text", "place"),
    [("a\x00b", 2), ("\x07", 1), ("ab\x1b[31m", 3), ("a\ud800", 2), ("ok\x85", 3)],
)
def test_b005_control_characters_are_refused_with_their_position(text: str, place: int) -> None:
    with pytest.raises(Invalid, match=f"Character {place} ") as refused:
        cleaned(text)

    assert refused.value.code == "text_control"


def test_line_ends_become_one_kind() -> None:
    assert cleaned("one\r\ntwo\rthree\tfour") == "one\ntwo\nthree\tfour"


def test_a_name_stays_on_one_line() -> None:
    with pytest.raises(Invalid) as refused:
        clean_text("Ada\nLovelace", field="name", max_length=200, multiline=False)

    assert refused.value.code == "text_lines"


def test_b112_an_override_is_shown_as_a_mark() -> None:
    assert show_overrides("abc\u202edcba") == "abc[U+202E]dcba"


def test_b113_many_combining_marks_are_accepted_up_to_the_cap() -> None:
    assert cleaned("Z" + "\u0335" * 199) == "Z" + "\u0335" * 199


@pytest.mark.parametrize("name", ["می\u200cخواهم", "👨\u200d👩\u200d👧", "क्\u200dष"])
def test_b114_joiners_in_names_are_kept(name: str) -> None:
    assert cleaned(name) == name


@pytest.mark.parametrize("name", ["Zoe\u0308", "Zoë", "İıI", "Straße"])
def test_b115_names_are_stored_as_typed(name: str) -> None:
    assert cleaned(name) == name


def test_b116_a_word_of_two_scripts_is_flagged() -> None:
    assert mixed_script_words("The p\u0430ypal band") == ("p\u0430ypal",)


@pytest.mark.parametrize("text", ["Ada Lovelace", "Տիգրան Ada", "Киев live", "東京 City", "ヴィ子"])
def test_b116_honest_names_are_not_flagged(text: str) -> None:
    assert mixed_script_words(text) == ()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("ab" + "e\u0301" * 5, "abe\u0301"),
        ("abcd👨\u200d👩\u200d👧xyz", "abcd"),
        ("abc🇦🇲🇦🇿🇰🇿", "abc🇦🇲"),
        ("abcd👍🏽xyz", "abcd"),
        ("abcdefgh", "abcde"),
    ],
)
def test_b118_a_cut_never_goes_through_a_grapheme(text: str, kept: str) -> None:
    assert cut(text, 6) == f"{kept}…"


@pytest.mark.parametrize("name", ["X", "Null", "O'Brien", "-", "Ngũgĩ", "x" * 200])
def test_b119_unusual_names_are_accepted(name: str) -> None:
    assert cleaned(name) == name


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    try:
        once = cleaned(text, required=False)
    except Invalid:
        return
    assert cleaned(once, required=False) == once


@given(st.text(max_size=60), st.integers(min_value=1, max_value=30))
def test_a_cut_fits(text: str, limit: int) -> None:
    assert len(cut(text, limit)) <= limit
