"""The tables of correction and batch: reachable, with exits, walked by one function each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.corrections.rules.batches import (
    BATCH_TRANSITIONS,
    BatchEvent,
    BatchState,
    check_ack,
    check_lockable,
    is_repeated_ack,
    next_batch_state,
    state_after_file,
)
from app.corrections.rules.lifecycle import (
    CORRECTION_TRANSITIONS,
    FINISHED,
    ON_THE_LEDGER,
    CorrectionEvent,
    CorrectionState,
    Second,
    check_reversal,
    next_state,
)
from app.kernel.errors import Invalid, Refused

S, E = CorrectionState, CorrectionEvent


def test_every_state_of_a_correction_is_reached_and_left() -> None:
    assert {row.target for row in CORRECTION_TRANSITIONS} == set(S)
    assert {row.source for row in CORRECTION_TRANSITIONS} == set(S) - FINISHED - {S.RETURNED}


def test_correction_rows_are_unique() -> None:
    keys = [(row.source, row.event, row.second) for row in CORRECTION_TRANSITIONS]

    assert len(keys) == len(set(keys))


@given(st.sampled_from(S), st.sampled_from(E), st.booleans())
def test_a_correction_moves_along_the_table_or_is_refused(
    state: CorrectionState, event: CorrectionEvent, needs_second: bool
) -> None:
    wanted = Second.NEEDED if needs_second else Second.NOT_NEEDED
    targets = [
        row.target
        for row in CORRECTION_TRANSITIONS
        if (row.source, row.event) == (state, event) and row.second in (wanted, Second.ANY)
    ]

    try:
        assert [next_state(state, event, needs_second=needs_second)] == targets
    except Refused:
        assert targets == []


def test_above_the_limit_two_approvals_are_needed() -> None:
    once = next_state(S.PROPOSED, E.APPROVE, needs_second=True)

    assert once is S.APPROVED_ONCE
    assert next_state(once, E.APPROVE, needs_second=True) is S.APPROVED


@pytest.mark.parametrize("state", [S.PROPOSED, S.APPROVED_ONCE])
def test_a_change_resets_approvals(state: CorrectionState) -> None:
    assert next_state(state, E.REVISE, needs_second=True) is S.PROPOSED


@pytest.mark.parametrize("state", sorted(ON_THE_LEDGER))
@pytest.mark.parametrize("event", [E.REVISE, E.CANCEL])
def test_b094_nothing_posted_is_revised_or_cancelled(
    state: CorrectionState, event: CorrectionEvent
) -> None:
    with pytest.raises(Refused):
        next_state(state, event)


@pytest.mark.parametrize(
    ("state", "is_reversal", "reversed_already", "code"),
    [
        (S.POSTED, False, True, "already_reversed"),
        (S.EXPORTED, True, False, "is_reversal"),
        (S.PROPOSED, False, False, "not_posted"),
        (S.CANCELLED, False, False, "not_posted"),
    ],
)
def test_b099_a_reversal_needs_a_posted_correction_without_one(
    state: CorrectionState, is_reversal: bool, reversed_already: bool, code: str
) -> None:
    with pytest.raises(Refused) as caught:
        check_reversal(state, is_reversal=is_reversal, reversed_already=reversed_already)

    assert caught.value.code == code


@pytest.mark.parametrize("row", BATCH_TRANSITIONS)
def test_every_row_of_the_batch_leads_to_its_target(row: object) -> None:
    source, event, target = row  # type: ignore[misc]

    assert next_batch_state(source, event) is target


@given(st.sampled_from(BatchState), st.sampled_from(BatchEvent))
def test_a_batch_moves_along_the_table_or_is_refused(state: BatchState, event: BatchEvent) -> None:
    known = {(row.source, row.event) for row in BATCH_TRANSITIONS}

    try:
        next_batch_state(state, event)
    except Refused:
        assert (state, event) not in known
    else:
        assert (state, event) in known


def test_an_empty_batch_is_not_locked() -> None:
    with pytest.raises(Refused):
        check_lockable(0)


def test_b102_the_same_acknowledgement_twice_is_no_news() -> None:
    assert is_repeated_ack(BatchState.ACKNOWLEDGED, "GL-7", "GL-7")
    assert not is_repeated_ack(BatchState.EXPORTED, None, "GL-7")


def test_b102_another_acknowledgement_is_refused() -> None:
    with pytest.raises(Refused, match="GL-7"):
        is_repeated_ack(BatchState.ACKNOWLEDGED, "GL-7", "GL-8")


def test_b102_an_acknowledgement_names_this_file() -> None:
    with pytest.raises(Refused, match="not that of this batch"):
        check_ack("GL-7", file_hashes={"ab"}, named_sha256="cd")


def test_b101_a_second_file_moves_nothing_and_what_is_cancelled_gets_none() -> None:
    for state in (BatchState.EXPORTED, BatchState.ACKNOWLEDGED):
        assert state_after_file(state, has_other=True) is state
        with pytest.raises(Refused):
            state_after_file(state, has_other=False)
    assert state_after_file(BatchState.LOCKED, has_other=False) is BatchState.EXPORTED
    for has_other in (False, True):
        for state in (BatchState.OPEN, BatchState.CANCELLED):
            with pytest.raises(Refused):
                state_after_file(state, has_other=has_other)


def test_an_acknowledgement_has_a_reference() -> None:
    with pytest.raises(Invalid):
        check_ack(" ", file_hashes={"ab"}, named_sha256="ab")
