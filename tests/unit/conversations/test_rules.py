"""Audiences and requests: nobody writes to the other side's room, and every item ends somewhere."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.conversations.rules.audience import Audience, audience_of, placement
from app.conversations.rules.requests import (
    BY_DESK,
    BY_PARTY,
    MOVES,
    ItemKind,
    ItemState,
    Step,
    answer_problem,
    extension_problem,
    item_problem,
    move,
)
from app.kernel.errors import Refused
from app.kernel.sides import Disclosure, Side

DUE = datetime(2026, 11, 27, 18, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize("audience", Audience)
def test_a_party_reaches_the_desk_and_nobody_else(audience: Any) -> None:
    expected = (Side.RESPONDENT, Disclosure.PRIVATE) if audience is Audience.DESK else None

    assert placement(audience, Side.RESPONDENT) == expected


def test_staff_reach_each_side_both_or_nobody_outside() -> None:
    found = {audience: placement(audience, Side.DESK) for audience in Audience}

    assert found == {
        Audience.COMPLAINANT: (Side.COMPLAINANT, Disclosure.PRIVATE),
        Audience.RESPONDENT: (Side.RESPONDENT, Disclosure.PRIVATE),
        Audience.BOTH: (Side.DESK, Disclosure.SHARED),
        Audience.NOTE: (Side.DESK, Disclosure.INTERNAL),
        Audience.DESK: None,
    }


@pytest.mark.parametrize("audience", [a for a in Audience if a is not Audience.DESK])
def test_a_stored_message_gives_its_audience_back(audience: Any) -> None:
    assert audience_of(*placement(audience, Side.DESK), Side.DESK) is audience


def test_the_item_table_reaches_every_state_and_ends_in_two() -> None:
    assert {ItemState.ASKED} | {row.target for row in MOVES} == set(ItemState)
    assert set(ItemState) - {row.source for row in MOVES} == {ItemState.ACCEPTED, ItemState.WAIVED}
    assert len({(row.source, row.step) for row in MOVES}) == len(MOVES)
    assert BY_PARTY | BY_DESK | {Step.LAPSE} == set(Step)


def test_an_accepted_item_cannot_be_answered_again() -> None:
    with pytest.raises(Refused):
        move(ItemState.ACCEPTED, Step.ANSWER)


def test_a_late_answer_is_taken() -> None:
    assert move(ItemState.LAPSED, Step.ANSWER) is ItemState.ANSWERED


@pytest.mark.parametrize(
    ("kind", "text", "files", "problem"),
    [
        (ItemKind.DOCUMENT, "", 1, ""),
        (ItemKind.DOCUMENT, "see mail", 0, "document_missing"),
        (ItemKind.QUESTION, "In May.", 0, ""),
        (ItemKind.QUESTION, " ", 0, "text_missing"),
        (ItemKind.CHOICE, "a", 0, ""),
        (ItemKind.CHOICE, "c", 0, "choice_unknown"),
        (ItemKind.CONFIRMATION, "yes", 0, ""),
        (ItemKind.CONFIRMATION, "no", 0, "confirmation_missing"),
    ],
)
def test_answers_hold_what_was_asked(kind: Any, text: Any, files: Any, problem: Any) -> None:
    assert answer_problem(kind, ("a", "b"), text, files) == problem


def test_items_are_complete_before_they_are_asked() -> None:
    assert item_problem(ItemKind.QUESTION, " ", ()) == "title_missing"
    assert item_problem(ItemKind.CHOICE, "Which?", ("a", " a")) == "options_missing"
    assert item_problem(ItemKind.QUESTION, "When?", ("a",)) == "options_not_allowed"
    assert item_problem(ItemKind.CHOICE, "Which?", ("a", "b")) == ""


@pytest.mark.parametrize(
    ("days", "extended", "problem"),
    [
        (1, False, ""),
        (0, False, "not_later"),
        (1, True, "extended_before"),
        (30, False, "too_late"),
    ],
)
def test_more_time_once_and_within_policy(days: Any, extended: Any, problem: Any) -> None:
    found = extension_problem(
        DUE, DUE + timedelta(days=days), NOW, extended=extended, latest=DUE + timedelta(days=7)
    )

    assert found == problem
