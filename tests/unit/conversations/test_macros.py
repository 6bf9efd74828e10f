"""Macros know a closed list of blanks, and no reader gets what is private to somebody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.conversations.rules.macros import (
    VARIABLES,
    MacroAudience,
    Privacy,
    check_body,
    check_reader,
    render,
    variables_in,
)
from app.kernel.errors import Invalid


def test_an_unknown_blank_is_named() -> None:
    with pytest.raises(Invalid, match="artist_nmae"):
        check_body("Dear {artist_nmae}", MacroAudience.NOTE)


@pytest.mark.parametrize(
    "name", [n for n, p in VARIABLES.items() if p in {Privacy.OTHERS, Privacy.HOUSE}]
)
@pytest.mark.parametrize("audience", [MacroAudience.ARTIST, MacroAudience.OTHER, MacroAudience.ANY])
def test_what_is_private_to_others_is_refused_for_a_party(
    name: str, audience: MacroAudience
) -> None:
    with pytest.raises(Invalid, match=name):
        check_body(f"It is {{{name}}}", audience)
    check_body(f"It is {{{name}}}", MacroAudience.NOTE)


@pytest.mark.parametrize(
    ("is_note", "is_complainant", "refused"),
    [(True, False, False), (False, True, False), (False, False, True)],
)
def test_what_is_asked_for_is_the_complainants(
    is_note: bool, is_complainant: bool, refused: bool
) -> None:
    try:
        check_reader(["disputed_amount"], is_note=is_note, is_complainant=is_complainant)
    except Invalid:
        assert refused
    else:
        assert not refused


def test_a_blank_without_value_is_named_and_stands_in_brackets() -> None:
    made = render("In {store} for {reader_name}", {"reader_name": "Ada"})

    assert made.text == "In [store] for Ada"
    assert made.missing == ("store",)


@given(st.dictionaries(st.sampled_from(sorted(VARIABLES)), st.text(max_size=20)))
def test_no_blank_is_left_over_and_values_are_not_read_again(values: dict[str, str]) -> None:
    body = " ".join(f"{{{name}}}" for name in VARIABLES)

    made = render(body, values)

    assert set(variables_in(body)) == set(VARIABLES)
    assert all(value in made.text for value in values.values())
