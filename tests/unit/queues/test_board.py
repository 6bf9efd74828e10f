"""The board: every open state stands in exactly one column."""

from __future__ import annotations

from app.queues.rules.board import OPEN_STATES, STATES, Stage, states_in


def test_every_open_state_stands_in_one_column() -> None:
    placed = [state for states in STATES.values() for state in states]

    assert sorted(placed) == sorted(OPEN_STATES)
    assert set(STATES) == set(Stage)


def test_a_filter_leaves_its_states_only() -> None:
    wanted = (STATES[Stage.REVIEW][0], STATES[Stage.NEW][0])

    assert [states_in(stage, wanted) for stage in (Stage.NEW, Stage.TRIAGE)] == [wanted[1:], ()]
