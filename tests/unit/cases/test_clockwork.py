"""Which clocks a move starts, rests and ends."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.cases.rules.clockwork import ClockStep, Live, Turn, plan, wanted_in
from app.cases.rules.kinds import ENDED, CaseEvent, Kind, State
from app.cases.rules.lifecycle import moves_of
from app.kernel.sides import Side
from app.policies.rules.clocks import ClockAct, ClockKind

E, S, C = CaseEvent, State, ClockKind
RESOLUTION = Live(C.RESOLUTION, Side.DESK)


def steps(turn: Turn, *live: Live) -> set[tuple[str, str]]:
    return {(step.act.value, step.kind.value) for step in plan(turn, live)}


def turn(event: CaseEvent, source: State, to: State, **changes: object) -> Turn:
    values = {"kind": Kind.PAYOUT, "by_desk": True} | changes
    return Turn(event, source, to, **values)  # type: ignore[arg-type]


def after(turn: Turn, live: tuple[Live, ...]) -> tuple[Live, ...]:
    """The live clocks after a plan, as the service would leave them."""
    found = {(c.kind, c.side): c for c in live}
    for step in plan(turn, live):
        key = (step.kind, step.side)
        if step.act in (ClockAct.MEET, ClockAct.CANCEL):
            assert key in found
            del found[key]
        elif step.act is ClockAct.START:
            assert key not in found
            found[key] = Live(step.kind, step.side)
        else:
            found[key] = Live(step.kind, step.side, step.act is ClockAct.PAUSE)
    return tuple(found.values())


def test_filing_ends_the_draft_and_starts_the_service_clocks() -> None:
    found = steps(
        turn(E.SUBMIT, S.DRAFT, S.SUBMITTED, by_desk=False), Live(C.DRAFT, Side.COMPLAINANT)
    )

    assert found == {("meet", "draft"), ("start", "first_response"), ("start", "resolution")}


def test_taking_a_case_is_no_reply_but_asking_is() -> None:
    first = Live(C.FIRST_RESPONSE, Side.DESK)

    assert steps(turn(E.TAKE, S.SUBMITTED, S.TRIAGE), first, RESOLUTION) == set()
    asked = steps(turn(E.ASK_COMPLAINANT, S.TRIAGE, S.WAITING_COMPLAINANT), first, RESOLUTION)
    assert asked == {("meet", "first_response"), ("start", "party"), ("pause", "resolution")}


def test_an_answer_lets_the_resolution_clock_go_on() -> None:
    move = turn(E.ANSWER, S.WAITING_COMPLAINANT, S.REVIEW, by_desk=False, replied=True)

    found = steps(move, Live(C.PARTY, Side.COMPLAINANT), Live(C.RESOLUTION, Side.DESK, paused=True))

    assert found == {("meet", "party"), ("resume", "resolution")}


def test_a_withdrawn_case_cancels_and_a_decided_one_meets() -> None:
    assert steps(turn(E.WITHDRAW, S.REVIEW, S.CLOSED), RESOLUTION) == {("cancel", "resolution")}
    decided = steps(turn(E.CONFIRM, S.CONFIRMATION, S.DECIDED), RESOLUTION)
    assert decided == {("meet", "resolution"), ("start", "appeal")}


def test_a_counter_offer_starts_the_clock_of_the_other_party() -> None:
    move = turn(
        E.COUNTER_OFFER, S.NEGOTIATION, S.NEGOTIATION, by_desk=False, replied=True,
        offer_side=Side.COMPLAINANT,
    )  # fmt: skip
    found = plan(move, (Live(C.OFFER, Side.RESPONDENT), Live(C.RESOLUTION, Side.DESK, paused=True)))

    assert [(s.act.value, s.side.value) for s in found] == [
        ("meet", "respondent"),
        ("start", "complainant"),
    ]


def test_converting_starts_the_clocks_of_the_new_kind() -> None:
    found = steps(turn(E.CONVERT, S.TRIAGE, S.TRIAGE, replied=True), RESOLUTION)

    assert found == {("cancel", "resolution"), ("start", "resolution")}


def test_a_court_notice_stops_the_statutory_window() -> None:
    window = Live(C.STATUTORY, Side.COMPLAINANT)
    found = steps(
        turn(E.COURT_NOTICE, S.RESTORATION_WINDOW, S.COURT_STAY, kind=Kind.TAKEDOWN), window
    )

    assert found == {("cancel", "statutory"), ("start", "court")}


walks = st.lists(st.integers(0, 10_000), min_size=1, max_size=40)


@given(st.sampled_from(list(Kind)), walks, st.booleans())
@settings(max_examples=300, deadline=None)
def test_along_any_walk_the_live_clocks_are_those_the_state_wants(
    kind: Any, choices: Any, by_desk: Any
) -> None:
    state, live, replied = S.NONE, (), False
    for choice in choices:
        moves = sorted((m for m in moves_of(kind) if m[0] is state), key=str)
        if not moves:
            break
        _, event, to = moves[choice % len(moves)]
        step = Turn(event, state, to, kind, by_desk, replied, Side.RESPONDENT)
        live = after(step, live)
        replied = replied or (by_desk and state is not S.NONE and event not in (E.SUBMIT, E.TAKE))
        state = to
        assert len({(c.kind, c.side) for c in live}) == len(live)
        wanted = {(w.kind, w.side) for w in wanted_in(state, kind, Side.RESPONDENT)}
        have = {(c.kind, c.side) for c in live}
        assert have <= wanted | {(C.FIRST_RESPONSE, Side.DESK)}
        assert wanted - have <= {(C.FIRST_RESPONSE, Side.DESK)}
        assert state not in ENDED or not live


def test_every_open_state_has_a_clock() -> None:
    for kind in Kind:
        for state in {to for _, _, to in moves_of(kind)} - ENDED:
            assert wanted_in(state, kind, Side.RESPONDENT), state


def test_steps_say_why() -> None:
    found = plan(turn(E.ASK_STORE, S.REVIEW, S.WAITING_STORE), (RESOLUTION,))

    assert ClockStep(ClockAct.PAUSE, C.RESOLUTION, Side.DESK, "waiting for the store") in found
