"""The table of occasions: every kind has a way out of the house, and every row a step that exists."""

from __future__ import annotations

import pytest

from app.cases.rules.kinds import CaseEvent, Outcome, State
from app.cases.rules.table import LINES
from app.letters.rules.kinds import LetterKind, sides_of
from app.letters.rules.occasions import DECIDED, HOLD, HOLD_ENDED, OCCASIONS, Occasion, occasions
from app.policies.rules.defaults import default_policies
from app.workflows.letter_parts import _PARTS

ELSEWHERE = {DECIDED, HOLD, HOLD_ENDED}


@pytest.mark.parametrize("kind", LetterKind)
def test_every_kind_is_reached_by_a_step(kind: LetterKind) -> None:
    assert [row for row in OCCASIONS if row.kind is kind]


@pytest.mark.parametrize("row", OCCASIONS, ids=lambda row: f"{row.step}-{row.kind}")
def test_every_row_names_a_step_and_sides_that_exist(row: Occasion) -> None:
    steps = {str(line.event) for line in LINES}

    assert row.step in steps | ELSEWHERE
    assert row.sides
    assert set(row.sides) <= set(sides_of(row.kind))
    assert row.outcome in {"", *Outcome}
    assert row.to in {"", *State}


def test_no_step_writes_two_letters_to_one_side() -> None:
    for event in CaseEvent:
        for outcome in ("", *Outcome):
            sides = [side for row in occasions(event, outcome=outcome) for side in row.sides]
            assert len(sides) == len(set(sides)), event


def test_a_lapse_that_goes_on_writes_no_letter() -> None:
    assert occasions("lapse", to="review") == ()
    assert [row.kind for row in occasions("lapse", to="closed")] == [LetterKind.NO_RESPONSE]


def test_an_order_of_a_court_writes_by_its_outcome() -> None:
    kinds = {
        out: occasions("order_received", outcome=out)[0].kind for out in ("restored", "kept_down")
    }

    assert kinds == {"restored": LetterKind.RESTORATION, "kept_down": LetterKind.KEPT_DOWN}


def test_policies_name_the_letters_of_the_table_and_no_others() -> None:
    """D2 shows what a policy says; the reactions do what the table says: they are one."""
    known = {(row.step, row.kind.value) for row in OCCASIONS}
    said = {pair for policy in default_policies().values() for pair in policy.letters.items()}

    assert said <= known


def test_every_kind_has_its_words() -> None:
    window = {LetterKind.COUNTER_RECEIVED, LetterKind.COUNTER_FORWARDED}

    assert _PARTS.keys() | window | {LetterKind.DECISION} == set(LetterKind)
