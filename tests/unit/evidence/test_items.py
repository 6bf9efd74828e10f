"""Items: the table has no dead ends but final ones, labels leak nothing, keys never meet."""

from typing import Any
from uuid import UUID

import pytest

from app.evidence.rules.items import (
    MOVES,
    ItemState,
    RejectReason,
    Step,
    VerdictKind,
    first_disclosure,
    label_for,
    move,
    object_key,
    parse_label,
    verdict_problem,
)
from app.kernel.errors import Refused
from app.kernel.sides import Disclosure, Side

CASE = UUID(int=7)
FINAL = {ItemState.REFUSED, ItemState.PURGED}


def test_every_state_is_reached_and_only_final_ones_have_no_way_out() -> None:
    reached = {ItemState.EXPECTED} | {row.target for row in MOVES}
    left = {row.source for row in MOVES}

    assert reached == set(ItemState)
    assert set(ItemState) - left == FINAL
    assert len({(row.source, row.step) for row in MOVES}) == len(MOVES)


def test_an_impossible_step_names_what_is_possible() -> None:
    with pytest.raises(Refused) as caught:
        move(ItemState.ACCEPTED, Step.BLOCK)

    assert caught.value.allowed == (Step.WITHDRAW, Step.PURGE)


@pytest.mark.parametrize(
    ("kind", "reason", "note", "problem"),
    [
        (VerdictKind.NEUTRAL, None, "", ""),
        (VerdictKind.AGAINST, RejectReason.ALTERED, "", "reason_not_allowed"),
        (VerdictKind.REJECT, None, "", "reason_required"),
        (VerdictKind.REJECT, RejectReason.UNREADABLE, "", ""),
        (VerdictKind.REJECT, RejectReason.OTHER, " ", "note_required"),
        (VerdictKind.REJECT, RejectReason.OTHER, "cropped", ""),
    ],
)
def test_verdicts_reject_only_with_a_reason(
    kind: Any, reason: Any, note: Any, problem: Any
) -> None:
    assert verdict_problem(kind, reason, note) == problem


def test_b144_the_other_side_sees_the_order_of_sharing_and_not_how_many_there_are() -> None:
    assert label_for(Side.COMPLAINANT, Side.COMPLAINANT, 7, 1) == "E7"
    assert label_for(Side.DESK, Side.COMPLAINANT, 7, 1) == "E7"
    assert label_for(Side.RESPONDENT, Side.COMPLAINANT, 7, 1) == "S1"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("E3", (Side.COMPLAINANT, 3)),
        ("r12", (Side.RESPONDENT, 12)),
        ("D1", (Side.DESK, 1)),
        ("S2", (None, 2)),
        ("E0", None),
        ("E", None),
        ("", None),
        ("X1", None),
        ("E1²", None),
        ("E99999", None),
    ],
)
def test_labels_are_read_back(text: Any, found: Any) -> None:
    assert parse_label(text) == found


def test_b034_the_sides_never_share_an_object() -> None:
    mine, theirs = (
        object_key(CASE, side, "a" * 64) for side in (Side.COMPLAINANT, Side.RESPONDENT)
    )

    assert mine == f"case/{CASE}/complainant/{'a' * 64}"
    assert mine != theirs


def test_new_items_are_closed_to_the_other_side() -> None:
    assert [first_disclosure(side) for side in Side] == [
        Disclosure.PRIVATE,
        Disclosure.PRIVATE,
        Disclosure.INTERNAL,
    ]
