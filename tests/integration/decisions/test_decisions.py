"""Decisions from draft to notice: four eyes, frozen content, and what each side reads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.cases.commands import WallOff
from app.cases.rules.views import CaseView
from app.cases.service.people import wall_off_person
from app.decisions.commands import (
    ConfirmDecision,
    DecideAlone,
    Exhibit,
    ProposeDecision,
    ReturnDecision,
    SaveDecision,
)
from app.decisions.queries import (
    current_decision,
    decision_facts,
    decisions_of,
    notices_of,
)
from app.decisions.rules import DecisionContent, DecisionState, Issue, Remedy
from app.decisions.service import (
    confirm_decision,
    decide_alone,
    propose_decision,
    return_decision,
    save_decision,
)
from app.history.service import record
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Forbidden, Invalid, InvalidMany, NotFound, Refused, Stale
from app.kernel.sides import Side
from tests.factories.accounts import TestPerson, make_cast
from tests.factories.cases import make_case
from tests.factories.decisions import confirm, make_content, make_decision
from tests.factories.evidence import make_item, pdf

SYSTEM = Actor.system("test")
Cast = dict[str, TestPerson]
TxAs = Callable[[Actor], AbstractContextManager[Session]]


def link_people(tx: Session, one: TestPerson, other: TestPerson, clock: FixedClock) -> None:
    """Both accounts belong to one human."""
    low, high = sorted((one.id, other.id))
    key = uuid4()
    tx.execute(
        text(
            "insert into person_link (id, person_id, other_id, linked_at) values (:id, :a, :b, :at)"
        ),
        {"id": key, "a": low, "b": high, "at": clock.now()},
    )
    record(tx, SYSTEM, clock, verb="person.linked", subject=("person_link", key))


@pytest.fixture
def cast(app: Flask) -> Cast:
    return make_cast("ada", "cy", "bo", "dee", "rio", "rae", "eli", "fay", "adi", "aud")


@pytest.fixture
def case(cast: Cast) -> CaseView:
    return make_case(cast["ada"], respondent=cast["cy"])


def test_a_draft_is_kept_half_filled_and_grows(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    rio = cast["rio"].actor
    with tx_as(rio) as tx:
        first = save_decision(
            tx, SaveDecision(case.id, 1, DecisionContent(outcome="upheld")), rio, clock
        )
    with tx_as(rio) as tx:
        second = save_decision(
            tx, SaveDecision(case.id, 1, make_content(), first.version), rio, clock
        )

    assert (first.state, first.version) == (DecisionState.DRAFT, 1)
    assert (second.id, second.version, second.content) == (first.id, 2, make_content())


def test_a_stale_save_changes_nothing(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    rio, rae = cast["rio"].actor, cast["rae"].actor
    with tx_as(rio) as tx:
        first = save_decision(tx, SaveDecision(case.id, 1, make_content()), rio, clock)
        save_decision(
            tx, SaveDecision(case.id, 1, make_content(outcome="settled"), first.version), rio, clock
        )

    with tx_as(rae) as tx, pytest.raises(Stale):
        save_decision(tx, SaveDecision(case.id, 1, make_content(), first.version), rae, clock)

    with tx_as(rae) as tx:
        assert current_decision(tx, rae, case.id, 1).content.outcome == "settled"


def test_a_decision_that_misses_parts_is_not_proposed_and_says_which(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    rio = cast["rio"].actor
    with tx_as(rio) as tx:
        draft = save_decision(
            tx, SaveDecision(case.id, 1, make_content(remedies=(), to_respondent="")), rio, clock
        )

    with tx_as(rio) as tx, pytest.raises(InvalidMany) as refused:
        propose_decision(tx, ProposeDecision(case.id, draft.id, draft.version), rio, clock)

    assert [error.field for error in refused.value.errors] == ["remedies", "to_respondent"]


def test_a_second_person_lets_it_out_and_each_side_reads_its_own(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    own = make_item(cast["ada"].actor, case.id, body=pdf("own"), side=Side.COMPLAINANT).id
    theirs = make_item(cast["cy"].actor, case.id, body=pdf("theirs"), side=Side.RESPONDENT).id
    content = make_content(
        to_complainant="CANARY-FOR-ADA",
        to_respondent="CANARY-FOR-CY",
        issues=(Issue("Who?", "They did.", "established", "decisive", (str(own), str(theirs))),),
    )
    exhibits = (
        Exhibit(own, "C-1", frozenset({"complainant"})),
        Exhibit(theirs, "R-1", frozenset({"complainant", "respondent"})),
    )

    done = confirm(
        make_decision(case, cast["rio"], clock, content=content), cast["rae"], clock, *exhibits
    )

    assert (done.state, done.confirmed_by) == (DecisionState.CONFIRMED, cast["rae"].id)
    with tx_as(cast["ada"].actor) as tx:
        (mine,) = notices_of(tx, cast["ada"].actor, case.id)
    with tx_as(cast["cy"].actor) as tx:
        (his,) = notices_of(tx, cast["cy"].actor, case.id)
        raw = tx.execute(text("select content::text from decision_notice")).scalars().all()
        drafts = tx.execute(text("select count(*) from decision")).scalar_one()
    assert (mine.side, mine.reasons, mine.issues[0]["exhibits"]) == (
        Side.COMPLAINANT,
        "CANARY-FOR-ADA",
        ["C-1", "R-1"],
    )
    assert (his.side, his.reasons, his.issues[0]["exhibits"]) == (
        Side.RESPONDENT,
        "CANARY-FOR-CY",
        ["R-1"],
    )
    assert drafts == 0
    assert "CANARY-FOR-ADA" not in "".join(raw)


def test_the_proposer_never_confirms(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    view = make_decision(case, cast["rio"], clock)

    with tx_as(cast["rio"].actor) as tx, pytest.raises(Refused, match="somebody else"):
        confirm_decision(
            tx, ConfirmDecision(case.id, view.id, view.content_hash), cast["rio"].actor, clock
        )


def test_another_account_of_the_proposer_never_confirms(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    view = make_decision(case, cast["rio"], clock)
    with tx_as(SYSTEM) as tx:
        link_people(tx, cast["rio"], cast["rae"], clock)

    with tx_as(cast["rae"].actor) as tx, pytest.raises(Refused):
        confirm_decision(
            tx, ConfirmDecision(case.id, view.id, view.content_hash), cast["rae"].actor, clock
        )


def test_the_database_holds_four_eyes_by_itself(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    view = make_decision(case, cast["rio"], clock)

    with pytest.raises(IntegrityError, match="four_eyes"), tx_as(SYSTEM) as tx:
        tx.execute(
            text(
                "update decision set state = 'confirmed', confirmed_at = now(), confirmed_by = proposed_by"
            )
        )
    assert view.confirmed_by is None


def test_what_was_not_read_is_not_confirmed(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    view = make_decision(case, cast["rio"], clock)

    with tx_as(cast["rae"].actor) as tx, pytest.raises(Stale):
        confirm_decision(tx, ConfirmDecision(case.id, view.id, "0" * 64), cast["rae"].actor, clock)


def test_a_proposed_decision_is_frozen_in_the_database(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    make_decision(case, cast["rio"], clock)

    with pytest.raises(IntegrityError, match="frozen"), tx_as(SYSTEM) as tx:
        tx.execute(text('update decision set content = content || \'{"outcome": "settled"}\''))


def test_a_proposed_decision_cannot_be_saved_over(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    make_decision(case, cast["rio"], clock)

    with tx_as(cast["rio"].actor) as tx, pytest.raises(Refused, match="no longer a draft"):
        save_decision(tx, SaveDecision(case.id, 1, make_content(), 1), cast["rio"].actor, clock)


def test_a_returned_decision_stays_and_a_new_draft_begins(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    view = make_decision(case, cast["rio"], clock)
    with tx_as(cast["eli"].actor) as tx:
        return_decision(
            tx, ReturnDecision(case.id, view.id, "Name the exhibit."), cast["eli"].actor, clock
        )

    with tx_as(cast["rio"].actor) as tx:
        again = save_decision(
            tx, SaveDecision(case.id, 1, make_content()), cast["rio"].actor, clock
        )
        both = decisions_of(tx, cast["rio"].actor, case.id)

    assert again.id != view.id
    assert {row.state for row in both} == {DecisionState.RETURNED, DecisionState.DRAFT}
    assert "Name the exhibit." in {row.return_reason for row in both}


def test_a_return_needs_its_reason(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    view = make_decision(case, cast["rio"], clock)

    with tx_as(cast["eli"].actor) as tx, pytest.raises(Invalid):
        return_decision(tx, ReturnDecision(case.id, view.id, "  "), cast["eli"].actor, clock)


def test_one_person_decides_only_where_no_money_moves(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    rio = cast["rio"].actor
    with tx_as(rio) as tx:
        paid = make_content(remedies=(Remedy("pay", "We pay."),))
        draft = save_decision(tx, SaveDecision(case.id, 1, paid), rio, clock)
    with tx_as(rio) as tx, pytest.raises(Refused, match="Money moves"):
        decide_alone(tx, DecideAlone(case.id, draft.id, draft.version), rio, clock)
    with tx_as(rio) as tx:
        plain = save_decision(
            tx, SaveDecision(case.id, 1, make_content(), draft.version), rio, clock
        )
        done = decide_alone(tx, DecideAlone(case.id, plain.id, plain.version), rio, clock)

    assert (done.state, done.four_eyes, done.confirmed_by) == (DecisionState.CONFIRMED, False, None)


@pytest.mark.parametrize("key", ["ada", "cy", "dee", "fay", "adi", "aud"])
def test_only_reviewers_and_leads_draft(
    cast: Cast, case: CaseView, clock: FixedClock, key: str
) -> None:
    actor = cast[key].actor

    with pytest.raises(Forbidden), transaction(cast["eli"].actor) as tx:
        save_decision(tx, SaveDecision(case.id, 1, make_content()), actor, clock)


def test_b155_a_walled_reviewer_finds_no_case(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    own = make_case(cast["ada"], respondent=cast["cy"])
    with tx_as(cast["eli"].actor) as tx:
        wall_off_person(tx, WallOff(own.id, cast["rio"].id, "A friend."), cast["eli"].actor, clock)

    with tx_as(cast["rio"].actor) as tx, pytest.raises(NotFound):
        save_decision(tx, SaveDecision(own.id, 1, make_content()), cast["rio"].actor, clock)


def test_facts_follow_the_decision(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    rio = cast["rio"].actor
    with tx_as(rio) as tx:
        none = decision_facts(tx, rio, case.id, 1)
    view = make_decision(
        case, cast["rio"], clock, content=make_content(remedies=(Remedy("pay", "We pay."),))
    )
    with tx_as(rio) as tx:
        some = decision_facts(tx, rio, case.id, 1)

    assert (none.exists, none.missing) == (False, ("decision",))
    assert (some.state, some.missing, some.money_moves, some.proposed_by, some.content_hash) == (
        "proposed",
        (),
        True,
        cast["rio"].id,
        view.content_hash,
    )
    assert some.people == {cast["rio"].id}


def test_auditor_reads_and_parties_read_no_draft(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    make_decision(case, cast["rio"], clock)

    with tx_as(cast["aud"].actor) as tx:
        assert len(decisions_of(tx, cast["aud"].actor, case.id)) == 1
    with tx_as(cast["ada"].actor) as tx:
        assert decisions_of(tx, cast["ada"].actor, case.id) == ()
        assert notices_of(tx, cast["ada"].actor, case.id) == ()


def test_two_who_confirm_at_once_confirm_once(
    app: Flask, cast: Cast, case: CaseView, clock: FixedClock
) -> None:
    view = make_decision(case, cast["rio"], clock)
    barrier, outcomes = threading.Barrier(2), []

    def attempt(key: str) -> None:
        with app.app_context():
            barrier.wait()
            try:
                confirm(view, cast[key], clock)
                outcomes.append("done")
            except Refused as error:
                outcomes.append(error.code)

    threads = [threading.Thread(target=attempt, args=(key,)) for key in ("rae", "eli")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["decision_not_proposed", "done"]


def test_texts_past_their_cap_are_refused_by_name(
    cast: Cast, case: CaseView, tx_as: TxAs, clock: FixedClock
) -> None:
    content = replace(make_content(), to_complainant="x" * 8_001)

    with tx_as(cast["rio"].actor) as tx, pytest.raises(InvalidMany) as refused:
        save_decision(tx, SaveDecision(case.id, 1, content), cast["rio"].actor, clock)

    assert [error.field for error in refused.value.errors] == ["to_complainant"]
