"""Each step of a case writes the letters of its table row, to the right side, with that side's words alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.cases.commands import AddParty
from app.cases.rules.facts import CaseFacts
from app.cases.rules.kinds import CaseEvent, SubKind
from app.cases.rules.views import CaseView
from app.cases.service.people import add_party
from app.decisions.commands import ProposeDecision, SaveDecision
from app.decisions.service import propose_decision, save_decision
from app.infra.mail.recording import RecordingMailer
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.sides import Side
from app.ledger.commands import Allocation, MoveHold, PlaceHold, ReleaseHold
from app.ledger.rules.holds import AssetKind, HoldReason, HoldScope
from app.ledger.service.holds import move_hold, propose_hold, release_hold
from app.letters.queries import LetterView, letter_view, letters_of
from app.letters.rules.kinds import LetterKind, LetterState
from app.policies.rules.clocks import ClockKind
from tests.factories.accounts import TestPerson, make_cast
from tests.factories.cases import act, make_case
from tests.factories.decisions import confirm, make_content
from tests.factories.ledger import euro, make_hold, make_payee
from tests.factories.letters import QuickRenderer, with_services

SYSTEM = Actor.system("test")
E = CaseEvent
Cast = dict[str, TestPerson]
TxAs = Callable[[Actor], AbstractContextManager[Session]]
RunJobs = Callable[[], int]


@pytest.fixture(autouse=True)
def quick(app: Flask) -> Iterator[None]:
    """No mail server, no printing child."""
    with with_services(app, renderer=QuickRenderer(), mailer=RecordingMailer()):
        yield


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast("ada", "cy", "dee", "rio", "rae", "eli")


def notice(cast: Cast, sub_kind: SubKind = SubKind.DMCA_NOTICE) -> CaseView:
    """Ada sent a notice about material of Cy."""
    return make_case(cast["ada"], sub_kind, respondent=cast["cy"])


def letters(tx_as: TxAs, case_id: UUID) -> dict[tuple[str, str], LetterView]:
    """Letters of a case by kind and side."""
    with tx_as(SYSTEM) as tx:
        views = [letter_view(tx, SYSTEM, row.id) for row in letters_of(tx, SYSTEM, case_id)]
    return {(view.row.kind.value, view.row.audience.value): view for view in views}


def readable(tx_as: TxAs, person: TestPerson, case_id: UUID) -> set[str]:
    """Kinds of letters that a party finds on its page."""
    with tx_as(person.actor) as tx:
        return {row.kind.value for row in letters_of(tx, person.actor, case_id) if row.is_readable}


def countered(cast: Cast) -> CaseView:
    """Cy answered the restriction with a counter-notice."""
    case = notice(cast)
    act(case.id, E.ACCEPT_NOTICE, cast["rio"].actor)
    return act(case.id, E.COUNTER, cast["cy"].actor)


def test_an_accepted_notice_gives_each_side_its_own_statement_of_reasons(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs
) -> None:
    case = notice(cast)
    act(case.id, E.ACCEPT_NOTICE, cast["rio"].actor, reason="CANARYDESK", told="CANARYARTIST words")

    run_jobs()

    found = letters(tx_as, case.id)
    own, other = (found["statement_of_reasons", side] for side in ("respondent", "complainant"))
    assert {view.row.state for view in found.values()} == {LetterState.SENT}
    assert "CANARYARTIST" in own.html
    assert "counter-notice" in own.html
    assert "CANARY" not in other.html
    assert not any("CANARYDESK" in view.html for view in found.values())
    assert readable(tx_as, cast["cy"], case.id) == {"statement_of_reasons"}


def test_an_own_restriction_without_words_waits_as_a_draft(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs
) -> None:
    case = notice(cast, SubKind.OWN_RESTRICTION)
    act(case.id, E.TAKE, cast["rio"].actor)
    act(case.id, E.RESTRICT, cast["eli"].actor)

    run_jobs()

    ((key, view),) = letters(tx_as, case.id).items()
    assert key == ("statement_of_reasons", "respondent")
    assert (view.row.state, view.row.number) == (LetterState.DRAFTED, "")
    assert view.readiness.missing == ("ground.facts",)
    assert readable(tx_as, cast["cy"], case.id) == set()


def test_a_rejected_notice_names_what_it_lacks_to_its_sender_alone(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs
) -> None:
    case = notice(cast)
    act(case.id, E.REJECT_NOTICE, cast["rio"].actor, failed="The address.\n\nThe signature.")

    run_jobs()

    ((key, view),) = letters(tx_as, case.id).items()
    assert key == ("notice_rejected", "complainant")
    assert view.row.state is LetterState.SENT
    assert view.context.failed_elements == ("The address.", "The signature.")


def test_a_counter_notice_is_received_then_forwarded_with_its_window(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs
) -> None:
    case = countered(cast)
    run_jobs()
    assert readable(tx_as, cast["ada"], case.id) == {"statement_of_reasons"}

    act(case.id, E.ACCEPT_COUNTER, cast["rio"].actor)
    run_jobs()

    found = letters(tx_as, case.id)
    to_claimant = found["counter_received", "complainant"].context.window
    assert to_claimant is not None
    assert (to_claimant.earliest_on, to_claimant.latest_on) == (
        date(2026, 12, 7),
        date(2026, 12, 11),
    )
    assert found["counter_forwarded", "respondent"].context.window == to_claimant
    assert readable(tx_as, cast["cy"], case.id) == {
        "statement_of_reasons", "counter_receipt", "counter_forwarded",
    }  # fmt: skip


def test_a_rejected_counter_notice_is_told_to_who_sent_it(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs
) -> None:
    case = countered(cast)
    act(case.id, E.REJECT_COUNTER, cast["rio"].actor, failed="Your signature.")

    run_jobs()

    assert "counter_rejected" in readable(tx_as, cast["cy"], case.id)
    assert "counter_rejected" not in readable(tx_as, cast["ada"], case.id)


@pytest.mark.parametrize(
    ("event", "kind", "data"),
    [
        (E.RETRACT, "restoration", {}),
        (E.COURT_NOTICE, "window_stopped", {}),
        (E.RESTORE, "restoration", {}),
        (E.ORDER_RECEIVED, "restoration", {"outcome": "restored"}),
        (E.ORDER_RECEIVED, "kept_down", {"outcome": "kept_down"}),
    ],
)
def test_the_end_of_a_window_is_told_to_both(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs, event: CaseEvent, kind: str, data: dict[str, Any]
) -> None:
    case = countered(cast)
    act(case.id, E.ACCEPT_COUNTER, cast["rio"].actor)
    if event is E.ORDER_RECEIVED:
        act(case.id, E.COURT_NOTICE, cast["rio"].actor)
    mover = {E.RETRACT: "ada", E.RESTORE: "rio"}.get(event, "eli")
    act(case.id, event, cast[mover].actor, **data)

    run_jobs()

    found = letters(tx_as, case.id)
    assert {side for name, side in found if name == kind} == {"complainant", "respondent"}
    assert {view.row.state for view in found.values()} == {LetterState.SENT}


def test_silence_after_a_restriction_is_told_to_both_in_their_own_words(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs
) -> None:
    case = notice(cast)
    act(case.id, E.ACCEPT_NOTICE, cast["rio"].actor)
    late = CaseFacts(deadlines_passed=frozenset({ClockKind.RESTRICTION}))
    act(case.id, E.UNCONTESTED, SYSTEM, facts=late)

    run_jobs()

    found = letters(tx_as, case.id)
    assert "You had six months" in found["kept_down", "respondent"].html
    assert "The other side had six months" in found["kept_down", "complainant"].html


def exchange(cast: Cast) -> CaseView:
    """Two claims on one recording."""
    case = make_case(cast["ada"], SubKind.OWNERSHIP, respondent=cast["cy"])
    act(case.id, E.TAKE, cast["rio"].actor)
    return act(case.id, E.START_EXCHANGE, cast["rio"].actor, facts=CaseFacts())


def test_an_exchange_calls_both_sides_by_the_day_of_their_clock(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs
) -> None:
    case = exchange(cast)

    run_jobs()

    found = letters(tx_as, case.id)
    assert set(found) == {("exchange", "complainant"), ("exchange", "respondent")}
    assert found["exchange", "complainant"].context.answer_until == date(2026, 12, 20)


def test_what_is_left_to_the_parties_is_drafted_for_both_and_sent_by_hand(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs
) -> None:
    case = exchange(cast)
    act(case.id, E.CLOSE_EXCHANGE, cast["rio"].actor)
    act(case.id, E.LEAVE_TO_PARTIES, cast["rio"].actor, limitation_on="2029-11-12")

    run_jobs()

    found = letters(tx_as, case.id)
    drafts = [found["left_to_parties", side] for side in ("complainant", "respondent")]
    assert [(view.row.state, view.readiness.is_ready) for view in drafts] == [("drafted", True)] * 2
    assert drafts[0].context.limitation_on == date(2029, 11, 12)


def test_a_lapsed_notice_that_was_not_cured_is_told_by_letter_and_not_by_mail_alone(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs, app: Flask
) -> None:
    case = notice(cast)
    act(case.id, E.ASK_COMPLAINANT, cast["rio"].actor, items="The address")
    late = CaseFacts(deadlines_passed=frozenset({ClockKind.PARTY}))
    after = act(case.id, E.LAPSE, SYSTEM, facts=late)

    run_jobs()

    assert after.outcome == "not_upheld"
    assert set(letters(tx_as, case.id)) == {
        ("no_response", "complainant"), ("no_response", "respondent"),
    }  # fmt: skip


def test_spam_gets_no_letter(cast: Cast, tx_as: TxAs, run_jobs: RunJobs) -> None:
    case = notice(cast)
    act(case.id, E.CLOSE_OUT_OF_SCOPE, cast["rio"].actor, reason="spam")

    run_jobs()

    assert letters(tx_as, case.id) == {}


def test_a_hold_is_told_to_its_owner_alone(cast: Cast, tx_as: TxAs, run_jobs: RunJobs) -> None:
    case = exchange(cast)
    payee = make_payee(cast["cy"].name, person_id=cast["cy"].id)
    make_hold(
        case.id, cast["rio"].actor, side=Side.RESPONDENT, reason=HoldReason.SPLIT_DISPUTED,
        explanation="CANARYHELD half of it is claimed.", payee_id=payee, amount=euro("40.00"),
    )  # fmt: skip

    run_jobs()

    view = letters(tx_as, case.id)["hold_notice", "respondent"]
    assert view.row.state is LetterState.SENT
    assert "CANARYHELD" in view.html
    assert [(line.amount, line.currency) for line in view.context.money] == [("40.00", "EUR")]
    assert "hold_notice" not in readable(tx_as, cast["ada"], case.id)


def test_a_hold_on_what_comes_needs_no_amount_and_a_moved_one_is_told_again(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs, clock: FixedClock
) -> None:
    case, rio = exchange(cast), cast["rio"].actor
    held = make_hold(case.id, rio, explanation="")
    run_jobs()
    first = letters(tx_as, case.id)["hold_notice", "complainant"]

    with tx_as(rio) as tx:
        scope = HoldScope(AssetKind.RECORDING, "QZABC2600002")
        move_hold(tx, MoveHold(held, "Other side.", scope, Side.RESPONDENT), rio, clock)
    run_jobs()

    assert first.context.money == ()
    assert first.context.ground is not None
    assert first.context.ground.facts == "The shares of this recording are disputed."
    assert ("hold_notice", "respondent") in letters(tx_as, case.id)


def test_a_hold_that_ended_is_told_with_what_came_back(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs, clock: FixedClock
) -> None:
    case, rio = exchange(cast), cast["rio"].actor
    payee = make_payee(cast["cy"].name, person_id=cast["cy"].id)
    held = make_hold(
        case.id, rio, side=Side.RESPONDENT, explanation="", payee_id=payee, amount=euro("40.00")
    )
    run_jobs()
    with tx_as(rio) as tx:
        release_hold(tx, ReleaseHold(held, "CANARYDESK ask nobody."), rio, clock)
    run_jobs()

    found = letters(tx_as, case.id)
    view = found["hold_ended", "respondent"]
    assert view.row.state is LetterState.SENT
    assert [(line.amount, line.currency) for line in view.context.money] == [("40.00", "EUR")]
    assert "did not come back" not in view.html
    assert "CANARYDESK" not in view.html
    assert "hold_ended" in readable(tx_as, cast["cy"], case.id)
    assert "hold_ended" not in readable(tx_as, cast["ada"], case.id)


def test_a_part_of_a_hold_that_went_elsewhere_is_said(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs, clock: FixedClock
) -> None:
    case, rio = exchange(cast), cast["rio"].actor
    ours, theirs = (make_payee(cast[who].name, person_id=cast[who].id) for who in ("cy", "ada"))
    held = make_hold(
        case.id, rio, side=Side.RESPONDENT, payee_id=ours, amount=euro("40.00")
    )  # fmt: skip
    split = (Allocation(ours, euro("15.00")), Allocation(theirs, euro("25.00")))
    with tx_as(rio) as tx:
        release_hold(tx, ReleaseHold(held, "Shared out.", split), rio, clock)
    run_jobs()

    view = letters(tx_as, case.id)["hold_ended", "respondent"]
    assert [line.amount for line in view.context.money] == ["15.00"]
    assert "did not come back" in view.html
    assert "25.00" not in view.html


def test_a_dropped_proposal_of_a_hold_tells_nobody(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs, clock: FixedClock
) -> None:
    case, rio = exchange(cast), cast["rio"].actor
    with tx_as(rio) as tx:
        scope = HoldScope(AssetKind.RECORDING, "QZABC2600001")
        command = PlaceHold(case.id, Side.RESPONDENT, HoldReason.SPLIT_DISPUTED, scope)
        held = propose_hold(tx, command, rio, clock)
        release_hold(tx, ReleaseHold(held, "Not needed."), rio, clock)
    run_jobs()

    assert {kind for kind, _side in letters(tx_as, case.id)} == {"exchange"}


def test_a_step_writes_its_letters_once(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs, app: Flask
) -> None:
    from app.cases.events import CaseMoved
    from app.infra.jobs import Run
    from app.workflows.letters import write_letters_of_move

    case = notice(cast)
    act(case.id, E.ACCEPT_NOTICE, cast["rio"].actor)
    run_jobs()
    with tx_as(SYSTEM) as tx:
        from sqlalchemy import text

        move = tx.execute(
            text(
                "select id from case_transition where case_id = :id order by version desc limit 1"
            ),
            {"id": case.id},
        ).scalar_one()
    again = CaseMoved(
        case.id, move, "accept_notice", "notice_review", "restricted", 1, None, "person"
    )

    write_letters_of_move(Run("letters.of_move", app.extensions["redress"]), again)

    with tx_as(SYSTEM) as tx:
        assert len(letters_of(tx, SYSTEM, case.id)) == 2


def test_statements_of_reasons_use_the_ground_of_their_law(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs
) -> None:
    case = notice(cast, SubKind.EU_NOTICE)
    act(case.id, E.ACCEPT_NOTICE, cast["rio"].actor)
    run_jobs()

    ground = letters(tx_as, case.id)["statement_of_reasons", "respondent"].context.ground

    assert ground is not None
    assert "2022/2065" in ground.ground
    assert replace(ground, facts="").source == "notice"
    assert LetterKind.STATEMENT_OF_REASONS == "statement_of_reasons"


def test_a_side_that_takes_no_part_and_has_no_text_keeps_nobody_from_their_letter(
    cast: Cast, tx_as: TxAs, run_jobs: RunJobs, clock: FixedClock
) -> None:
    """A decision asks for words to the other side only when somebody of it takes part."""
    case = make_case(cast["ada"])
    with tx_as(SYSTEM) as tx:
        other = AddParty(case.id, Side.RESPONDENT, "Gor", email="gor@example.org")
        add_party(tx, other, SYSTEM, clock)
    rio = cast["rio"].actor
    with tx_as(rio) as tx:
        draft = save_decision(
            tx, SaveDecision(case.id, 1, make_content(to_respondent="")), rio, clock
        )
        command = ProposeDecision(case.id, draft.id, draft.version, has_respondent=False)
        view = propose_decision(tx, command, rio, clock)
    confirm(view, cast["rae"], clock)

    run_jobs()

    assert set(letters(tx_as, case.id)) == {("decision", "complainant")}
