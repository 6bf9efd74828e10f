"""Who may do what: people, guards, what must be given, and outcomes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.cases.rules.actions import Action, Move, Refusal, actions_for, find_move, outcome_after
from app.cases.rules.facts import CaseFacts, Given, Relation
from app.cases.rules.kinds import CaseEvent, Kind, Outcome, State, SubKind
from app.cases.rules.lifecycle import UnknownMove, row_for
from app.kernel.actor import Actor, ActorKind, Role
from app.kernel.errors import Forbidden, Refused
from app.kernel.sides import Side
from app.policies.rules.clocks import ClockKind

E, S = CaseEvent, State


@dataclass(frozen=True)
class Case:
    state: State = S.REVIEW
    kind: Kind = Kind.PAYOUT
    sub_kind: SubKind = SubKind.MISSING_EARNINGS
    return_path: tuple[State, ...] = ()
    outcome: Outcome | None = None
    owner_id: UUID | None = None


def person(*roles: Role) -> Actor:
    return Actor(ActorKind.PERSON, uuid4(), "Somebody", frozenset(roles))


def staff(*roles: Role, **changes: object) -> Relation:
    return Relation(person(*roles), **changes)  # type: ignore[arg-type]


ADA = Relation(person(Role.ARTIST), Side.COMPLAINANT)
CY = Relation(person(Role.ARTIST), Side.RESPONDENT)
DEE, RIO, ELI = staff(Role.AGENT), staff(Role.REVIEWER), staff(Role.LEAD)
GUS = staff(Role.FINANCE_APPROVER, fresh=True)
SYSTEM = Relation(Actor.system("test"))
READY = CaseFacts(decision_missing=(), decision_outcome=Outcome.UPHELD)


def offered(case: Case, relation: Relation, facts: CaseFacts = READY) -> set[str]:
    return {i.event.value for i in actions_for(case, relation, facts) if isinstance(i, Action)}


def refused(case: Case, relation: Relation, facts: CaseFacts) -> dict[str, str]:
    return {
        i.event.value: i.code for i in actions_for(case, relation, facts) if isinstance(i, Refusal)
    }


def test_parties_and_staff_are_offered_different_moves() -> None:
    case = Case(S.TRIAGE)

    assert offered(case, ADA) == {"withdraw"}
    assert offered(case, CY) == set()
    assert {"ask_complainant", "mark_duplicate"} <= offered(case, DEE)
    assert "start_audit" not in offered(case, DEE)
    assert "start_audit" in offered(case, RIO)


def test_read_only_members_walled_staff_and_strangers_can_do_nothing() -> None:
    case = Case(S.TRIAGE)

    assert offered(case, replace(ADA, can_act=False)) == set()
    assert offered(case, replace(RIO, walled=True)) == set()
    assert offered(case, staff(Role.ADMIN)) == offered(case, staff(Role.AUDITOR)) == set()


def test_staff_who_stand_on_a_side_act_as_a_party_only() -> None:
    both = Relation(person(Role.REVIEWER), Side.COMPLAINANT)

    assert offered(Case(S.TRIAGE), both) == {"withdraw"}


def test_the_proposer_never_confirms_not_even_by_a_linked_account() -> None:
    case, other = Case(S.CONFIRMATION, return_path=(S.REVIEW,)), uuid4()
    facts = replace(READY, proposers=RIO.ids)
    linked = replace(staff(Role.REVIEWER), humans=RIO.ids | {other})

    assert "confirm" in offered(case, staff(Role.REVIEWER), facts)
    assert "confirm" in offered(case, ELI, facts)
    assert offered(case, RIO, facts) == set()
    assert offered(case, linked, facts) == set()


def test_preparer_and_first_approver_never_approve_and_sign_in_must_be_fresh() -> None:
    case = Case(S.FINANCE_APPROVAL, return_path=(S.REVIEW,))

    assert "approve" in offered(case, GUS)
    assert refused(case, GUS, replace(READY, preparers=GUS.ids)) == {"approve": "prepared_it"}
    assert refused(case, GUS, replace(READY, approvers=GUS.ids)) == {"approve": "approved_before"}
    (action, _refuse) = actions_for(case, replace(GUS, fresh=False), READY)
    assert isinstance(action, Action)
    assert action.fresh
    with pytest.raises(Refused) as old:
        find_move(case, E.APPROVE, replace(GUS, fresh=False), READY, Given())
    assert old.value.code == "sign_in_again"


def test_above_the_limit_the_first_approval_stays_and_the_second_leaves() -> None:
    case = Case(S.FINANCE_APPROVAL, return_path=(S.REVIEW,))
    facts = replace(READY, above_limit=True)

    first = find_move(case, E.APPROVE, GUS, facts, Given())
    second = find_move(
        case, E.APPROVE, GUS, replace(facts, approvers=frozenset({uuid4()})), Given()
    )

    assert (first.to, second.to) == (S.FINANCE_APPROVAL, S.IMPLEMENTING)


@pytest.mark.parametrize(
    ("facts", "to"),
    [
        (READY, S.DECIDED),
        (replace(READY, open_actions=("letters",)), S.IMPLEMENTING),
        (replace(READY, open_actions=("letters",), money_moves=True), S.FINANCE_APPROVAL),
    ],
)
def test_confirming_leads_where_the_facts_say(facts: CaseFacts, to: State) -> None:
    move = find_move(Case(S.CONFIRMATION, return_path=(S.REVIEW,)), E.CONFIRM, ELI, facts, Given())

    assert move.to is to


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"unjudged_items": 1}, "unjudged"),
        ({"open_requests": 1}, "requests_open"),
        ({"decision_missing": ("reasons",)}, "decision_incomplete"),
    ],
)
def test_a_decision_is_proposed_only_when_everything_is_there(facts: dict, code: str) -> None:
    assert refused(Case(), RIO, replace(READY, **facts))["propose_decision"] == code
    assert "propose_decision" in offered(Case(), RIO)


def test_one_pair_of_eyes_never_where_money_moves_or_in_a_second_review() -> None:
    alone = replace(READY, second_pair=False)

    assert "decide" in offered(Case(), RIO, alone)
    assert refused(Case(), RIO, replace(alone, money_moves=True))["decide"] == "second_pair"
    assert refused(Case(S.APPEAL_REVIEW), RIO, alone)["decide"] == "second_pair"
    assert refused(Case(), RIO, READY)["decide"] == "second_pair"


def test_who_took_part_does_not_decide_the_second_review() -> None:
    facts = replace(READY, took_part=RIO.ids)

    assert refused(Case(S.APPEAL_REVIEW), RIO, facts)["propose_decision"] == "took_part"
    assert "propose_decision" in offered(Case(S.APPEAL_REVIEW), staff(Role.REVIEWER), facts)


def test_one_extension_a_side_and_the_desk_as_often_as_needed() -> None:
    case = Case(S.WAITING_COMPLAINANT, return_path=(S.TRIAGE,))
    facts = CaseFacts(extended=frozenset({Side.COMPLAINANT}))

    assert "extend" in offered(case, ADA)
    assert refused(case, ADA, facts)["extend"] == "extended_before"
    assert "extend" not in offered(case, CY)
    assert "extend" in offered(case, DEE, facts)


def test_the_deadline_must_have_passed_before_silence_counts() -> None:
    case = Case(S.WAITING_COMPLAINANT, return_path=(S.TRIAGE,))

    with pytest.raises(Refused):
        find_move(case, E.LAPSE, SYSTEM, CaseFacts(), Given())
    late = CaseFacts(deadlines_passed=frozenset({ClockKind.PARTY}))
    assert find_move(case, E.LAPSE, SYSTEM, late, Given()).to is S.CLOSED


@pytest.mark.parametrize(
    ("way_back", "to"),
    [(S.COUNTER_REVIEW, S.RESTRICTED), (S.APPEAL_REVIEW, S.APPEAL_REVIEW), (S.TRIAGE, S.REVIEW)],
)
def test_a_silent_respondent_leads_back_into_the_right_review(way_back: State, to: State) -> None:
    case = Case(S.WAITING_RESPONDENT, Kind.TAKEDOWN, SubKind.DMCA_NOTICE, (way_back,))
    late = CaseFacts(deadlines_passed=frozenset({ClockKind.PARTY}))

    assert find_move(case, E.LAPSE, SYSTEM, late, Given()).to is to


def test_an_appeal_needs_the_window_and_counts_once_a_side() -> None:
    case = Case(S.DECIDED, outcome=Outcome.NOT_UPHELD)
    open_window = CaseFacts(window_open=True)
    again = replace(open_window, appealed=frozenset({Side.COMPLAINANT}))

    assert refused(case, ADA, CaseFacts())["appeal"] == "window_closed"
    assert "appeal" in offered(case, ADA, open_window)
    assert refused(case, ADA, again)["appeal"] == "appealed_before"
    assert "appeal" in offered(case, CY, again)
    assert "appeal" in offered(case, ADA, replace(again, new_evidence=True))


def test_closing_waits_for_holds_actions_and_the_window() -> None:
    case = Case(S.DECIDED, outcome=Outcome.UPHELD)
    over = CaseFacts(deadlines_passed=frozenset({ClockKind.APPEAL}))

    assert find_move(case, E.CLOSE, SYSTEM, over, Given()).to is S.CLOSED
    for blocked in (
        replace(over, holds_open=1),
        replace(over, open_actions=("letters",)),
        CaseFacts(),
    ):
        with pytest.raises(Refused):
            find_move(case, E.CLOSE, SYSTEM, blocked, Given())
    assert "close" in offered(case, DEE, CaseFacts(both_consent=True))
    assert refused(case, DEE, CaseFacts())["close"] == "consent_missing"


def test_restoring_before_the_earliest_day_is_for_a_lead() -> None:
    case = Case(S.RESTORATION_WINDOW, Kind.TAKEDOWN, SubKind.DMCA_NOTICE)
    early = CaseFacts(restore_too_early=True)

    assert refused(case, DEE, early)["restore"] == "too_early"
    assert "restore" in offered(case, ELI, early)
    assert "restore" in offered(case, DEE, CaseFacts())


def test_our_own_restriction_takes_two_people() -> None:
    case = Case(S.TRIAGE, Kind.TAKEDOWN, SubKind.OWN_RESTRICTION, owner_id=uuid4())

    assert "restrict" in offered(case, ELI)
    assert (
        refused(replace(case, owner_id=ELI.actor.person_id), ELI, READY)["restrict"] == "needs_two"
    )
    assert (
        refused(replace(case, sub_kind=SubKind.PROFILE_MIXUP), ELI, READY)["restrict"]
        == "other_sub_kind"
    )


def test_only_a_dmca_notice_can_be_countered_and_only_others_complained_about() -> None:
    dmca = Case(S.RESTRICTED, Kind.TAKEDOWN, SubKind.DMCA_NOTICE)
    eu = Case(S.RESTRICTED, Kind.TAKEDOWN, SubKind.EU_NOTICE)

    assert offered(dmca, CY) == {"counter"}
    assert offered(eu, CY) == {"complain"}
    assert refused(dmca, CY, replace(READY, unsigned=("mistake",)))["counter"] == "unsigned"


def test_only_the_party_that_has_the_offer_answers_it() -> None:
    case = Case(S.NEGOTIATION, return_path=(S.REVIEW,))
    facts = replace(READY, offer_side=Side.RESPONDENT)

    assert {"accept_offer", "decline", "counter_offer"} <= offered(case, CY, facts)
    assert offered(case, ADA, facts) == {"withdraw"}


def test_only_the_owner_recuses() -> None:
    assert "recuse" in offered(Case(owner_id=RIO.actor.person_id), RIO)
    assert "recuse" not in offered(Case(owner_id=uuid4()), RIO)


def test_a_foreign_move_is_forbidden_and_an_unknown_one_lists_what_is_possible() -> None:
    with pytest.raises(Forbidden):
        find_move(Case(S.TRIAGE), E.MARK_DUPLICATE, ADA, READY, Given())
    with pytest.raises(UnknownMove) as unknown:
        find_move(Case(S.TRIAGE), E.CONFIRM, ELI, READY, Given())
    assert "mark_duplicate" in unknown.value.allowed


def test_what_must_be_given_is_asked_for_by_name() -> None:
    with pytest.raises(Refused) as refused_move:
        find_move(Case(S.TRIAGE), E.ASK_COMPLAINANT, DEE, READY, Given(reason=" "))

    assert refused_move.value.code == "not_given"
    assert "reason, items" in refused_move.value.message
    given = Given("why", {"items": ["statement"]})
    assert (
        find_move(Case(S.TRIAGE), E.ASK_COMPLAINANT, DEE, READY, given).to is S.WAITING_COMPLAINANT
    )


@pytest.mark.parametrize(
    ("event", "state", "relation", "outcome"),
    [
        (E.WITHDRAW, S.TRIAGE, ADA, Outcome.WITHDRAWN),
        (E.CLOSE_OUT_OF_SCOPE, S.TRIAGE, DEE, Outcome.OUT_OF_SCOPE),
        (E.MARK_DUPLICATE, S.TRIAGE, DEE, Outcome.DUPLICATE),
        (E.CONFIRM, S.CONFIRMATION, ELI, Outcome.UPHELD),
        (E.RETURN, S.CONFIRMATION, ELI, None),
    ],
)
def test_outcomes_are_set_by_the_move_or_the_decision(
    event: Any, state: Any, relation: Any, outcome: Any
) -> None:
    case = Case(state, return_path=(S.REVIEW,), outcome=Outcome.SETTLED)
    given = Given("why", {"other_case_id": "x"})
    move = find_move(case, event, relation, READY, given)

    assert outcome_after(case, move, READY, given) is outcome


def test_an_uncured_notice_is_not_upheld_by_silence() -> None:
    row = row_for(Kind.TAKEDOWN, S.WAITING_COMPLAINANT, E.LAPSE)
    move = Move(row, S.CLOSED, (), "system")
    notice = Case(S.WAITING_COMPLAINANT, Kind.TAKEDOWN, SubKind.EU_NOTICE, (S.NOTICE_REVIEW,))

    assert outcome_after(notice, move, READY, Given()) is Outcome.NOT_UPHELD
    assert (
        outcome_after(replace(notice, return_path=(S.REVIEW,)), move, READY, Given())
        is Outcome.NO_RESPONSE
    )
