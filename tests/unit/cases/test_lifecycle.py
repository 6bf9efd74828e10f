"""The table against its contract, and the laws every lifecycle keeps."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from app.cases.rules.actions import destination
from app.cases.rules.facts import CaseFacts
from app.cases.rules.guards import GUARDS, NEEDS
from app.cases.rules.kinds import (
    ENDED,
    SUB_KINDS,
    CaseEvent,
    Kind,
    Outcome,
    State,
    SubKind,
    kind_of,
)
from app.cases.rules.lifecycle import (
    AWAY,
    BACK,
    SAME,
    UnknownMove,
    allowed_moves,
    live_rows,
    moves_of,
    path_after,
    row_for,
    rows,
    rows_from,
    states_of,
)
from app.cases.rules.who import WHO
from app.cases.rules.words import (
    DECIDED_WORDS,
    EVENT_HELP,
    EVENT_WORDS,
    KIND_WORDS,
    MOVERS,
    PARTY_WORDS,
    STAFF_WORDS,
    SUB_KIND_WORDS,
)
from app.policies.rules.defaults import default_policies

CONTRACT = Path(__file__).with_name("lifecycle_contract.csv")
LAPSE = (
    "restricted [return_to is counter_review] / appeal_review [return_to is appeal_review] / review"
)
IMPROVED = {("waiting_respondent", "lapse", "to"): LAPSE}
ADDED = {
    ("support", "waiting_respondent", "lapse"),
    ("support", "decided", "not_solved"),
}
"""What docs/adr/0014 improves on the contract: nothing else may differ."""


def contract() -> dict[tuple[str, str, str], tuple[str, ...]]:
    found = {}
    with CONTRACT.open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            for kind in line["kinds"].split():
                to = IMPROVED.get((line["from"], line["event"], "to"), line["to"])
                key = (kind, line["from"], line["event"])
                found[key] = (to, line["who"], line["guard"], line["effect"])
    return found


def ours() -> dict[tuple[str, str, str], tuple[str, ...]]:
    from app.cases.rules.table import LINES

    return {
        (kind, source, line.event): (line.to, line.who, line.guard, line.effect)
        for line in LINES
        for kind in line.kinds.split()
        for source in line.sources.split()
    }


def test_the_table_is_the_contract_and_its_listed_improvements() -> None:
    mine, theirs = ours(), contract()

    assert {key: mine[key] for key in theirs} == theirs
    assert set(mine) - set(theirs) == ADDED


def test_no_two_rows_say_what_one_event_does_in_one_state() -> None:
    keys = [(row.kind, row.source, row.event) for row in rows()]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("kind", list(Kind))
def test_every_state_of_a_kind_is_reached_and_open_ones_have_an_exit(kind: Kind) -> None:
    named = {row.source for row in live_rows() if row.kind is kind} - {State.NONE}

    assert named | ENDED == states_of(kind)
    for state in states_of(kind) - {State.DELETED}:
        assert any(to is not state for source, _, to in moves_of(kind) if source is state), state


@pytest.mark.parametrize("kind", list(Kind))
def test_from_every_state_the_case_can_end(kind: Kind) -> None:
    ends = {State.CLOSED, State.DELETED}
    while True:
        more = {source for source, _, to in moves_of(kind) if to in ends} - ends
        if not more:
            break
        ends |= more

    assert states_of(kind) <= ends


def test_every_state_says_whose_move_it_is_and_has_words() -> None:
    states = set(State) - {State.NONE}
    waits = {State.WAITING_COMPLAINANT, State.WAITING_RESPONDENT, State.NEGOTIATION}

    assert set(MOVERS) == states
    assert set(STAFF_WORDS) == states
    assert set(PARTY_WORDS) == states - waits
    assert set(DECIDED_WORDS) == set(Outcome)
    assert set(KIND_WORDS) == set(Kind)
    assert set(SUB_KIND_WORDS) == set(SubKind)


def test_every_event_has_a_button_a_help_line_and_a_row() -> None:
    assert set(EVENT_WORDS) == set(EVENT_HELP) == set(CaseEvent)
    assert {row.event for row in rows()} == set(CaseEvent)
    assert set(GUARDS) | set(NEEDS) <= set(CaseEvent)


def test_every_wording_of_who_is_understood() -> None:
    assert {row.who for row in rows()} <= set(WHO)


def test_every_alternative_is_understood_in_every_way_back() -> None:
    class Case:
        outcome = None
        owner_id = None

        def __init__(self, row: Any, path: Any) -> None:
            self.kind, self.state, self.return_path = row.kind, row.source, path
            self.sub_kind = SUB_KINDS[row.kind][0]

    for row in live_rows():
        for facts in (CaseFacts(), CaseFacts(money_moves=True), CaseFacts(open_actions=("x",))):
            path = (State.REVIEW,) if row.source in AWAY or row.source is State.CLOSED else ()
            state, way = destination(row, Case(row, path), facts)
            assert state in states_of(row.kind) | {row.source}
            assert bool(way) or state not in AWAY


def test_an_unknown_event_is_refused_with_what_is_possible() -> None:
    with pytest.raises(UnknownMove) as refused:
        row_for(Kind.SUPPORT, State.TRIAGE, CaseEvent.ACCEPT_COUNTER)

    assert "resolve" in refused.value.allowed
    assert set(refused.value.allowed) == {r.event for r in rows_from(Kind.SUPPORT, State.TRIAGE)}


def test_waiting_inside_an_audit_keeps_both_ways_back() -> None:
    start = row_for(Kind.PAYOUT, State.APPEAL_REVIEW, CaseEvent.START_AUDIT)
    ask = row_for(Kind.PAYOUT, State.AUDITING, CaseEvent.ASK_COMPLAINANT)
    answer = row_for(Kind.PAYOUT, State.WAITING_COMPLAINANT, CaseEvent.ANSWER)

    path = path_after(start, start.targets[0], State.AUDITING, ())
    path = path_after(ask, ask.targets[0], State.WAITING_COMPLAINANT, path)
    assert path == (State.APPEAL_REVIEW, State.AUDITING)
    assert path_after(answer, answer.targets[0], State.AUDITING, path) == (State.APPEAL_REVIEW,)


def test_a_finance_refusal_always_finds_a_review() -> None:
    back = {to for kind, source, event, to in allowed_moves() if event == "refuse"}

    assert back == {"review", "appeal_review"}


def test_money_only_leaves_through_finance_approval() -> None:
    for row in live_rows():
        if row.event in (CaseEvent.CONFIRM, CaseEvent.DECIDE):
            assert row.targets[0].when == "money_moves"
            assert row.targets[0].name == State.FINANCE_APPROVAL


def test_special_targets_are_only_same_and_return_to() -> None:
    names = {target.name for row in rows() for target in row.targets}

    assert names - {state.value for state in State} == {SAME, BACK}


def test_every_sub_kind_belongs_to_one_kind_and_has_a_policy() -> None:
    assert sorted(sub for subs in SUB_KINDS.values() for sub in subs) == sorted(SubKind)
    assert {name: kind_of(SubKind(name)).value for name in default_policies()} == {
        name: policy.kind for name, policy in default_policies().items()
    }
    assert set(default_policies()) == set(SubKind)
