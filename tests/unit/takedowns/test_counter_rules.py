"""What a counter-notice must contain, 17 U.S.C. 512(g)(3)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.takedowns.rules import (
    ELEMENTS,
    FIELDS,
    NAMES,
    STEPS,
    fields_of,
    first_gap,
    is_complete,
    missing_elements,
    unanswered,
)

WHOLE = dict.fromkeys(NAMES, "yes")


def test_every_question_stands_on_one_page_and_every_element_asks_for_some() -> None:
    assert [field.name for step in STEPS for field in fields_of(step)] == list(NAMES)
    needed = [name for element in ELEMENTS for name in element.needs]
    assert sorted([*needed, "understood"]) == sorted(NAMES)
    assert {element.letter for element in ELEMENTS} == {"B", "C", "D"}


def test_all_answers_are_complete_and_none_are_not() -> None:
    assert is_complete(WHOLE)
    assert missing_elements(WHOLE) == ()
    assert missing_elements({}) == ELEMENTS


@given(st.sets(st.sampled_from(NAMES)), st.sampled_from(["", " ", "\u00a0\u200b"]))
def test_whatever_is_left_out_is_named_and_nothing_else(left_out: set[str], blank: str) -> None:
    answers = WHOLE | dict.fromkeys(left_out, blank)

    assert set(unanswered(answers)) == left_out
    named = {name for element in missing_elements(answers) for name in element.needs}
    assert left_out - {"understood"} <= named
    assert is_complete(answers) is (not left_out)


@given(st.sets(st.sampled_from(NAMES)), st.sampled_from(STEPS))
def test_a_gap_is_always_an_earlier_page_and_the_first(left_out: set[str], step: str) -> None:
    gap = first_gap(WHOLE | dict.fromkeys(left_out, ""), step)
    pages = [STEPS.index(field.part) for field in FIELDS if field.name in left_out]
    earlier = [number for number in pages if number < STEPS.index(step)]

    assert gap == (STEPS[min(earlier)] if earlier else None)
