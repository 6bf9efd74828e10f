"""Requests: asked once, answered by their side, judged, extended, lapsed; nobody else learns of them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.conversations.commands import AnswerItem, AskedItem, AskItems, ExtendRequest, JudgeItem
from app.conversations.queries import (
    ask_card,
    open_requests,
    request_by_number,
    request_facts,
    requests_of,
)
from app.conversations.rules.requests import ItemKind, ItemState, Step
from app.conversations.service import answer_item, ask, extend_request, judge_item, lapse_requests
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, Invalid, InvalidMany, NotFound, Refused, Stale
from app.kernel.sides import Side
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case
from tests.factories.conversations import THREE, make_request
from tests.factories.evidence import make_item

SYSTEM = Actor.system("test")


@pytest.fixture
def people(app: Any) -> Any:
    return make_cast("ada", "cy", "dee", "rio", "fay", "aud")


@pytest.fixture
def case(people: Any) -> Any:
    return make_case(people["ada"], respondent=people["cy"])


@pytest.fixture
def request_row(people: Any, case: Any) -> Any:
    return make_request(people["dee"].actor, case.id)


def answer(tx_as: Any, clock: Any, actor: Actor, case: Any, item: Any, **more: Any) -> Any:
    with tx_as(actor) as tx:
        return answer_item(tx, AnswerItem(case.id, item.id, **more), actor, clock)


def judge(
    tx_as: Any, clock: Any, actor: Actor, case: Any, item: Any, step: Step, note: str = ""
) -> Any:
    with tx_as(actor) as tx:
        return judge_item(tx, JudgeItem(case.id, item.id, step, note), actor, clock)


def test_a_request_shows_what_why_by_when_and_what_silence_does(
    people: Any, case: Any, request_row: Any, tx_as: Any
) -> None:
    ada = people["ada"].actor

    with tx_as(ada) as tx:
        found = request_by_number(tx, ada, case.id, 1)
        card = ask_card(tx, ada, case.id)

    assert (found.number, found.waiting, found.received, found.can_extend) == (1, 3, 0, True)
    assert [item.kind for item in found.items] == [item.kind for item in THREE]
    assert found.silence == "Without it we decide on what we have."
    assert card.id == found.id


def test_b144_the_other_side_learns_of_no_request(
    people: Any, case: Any, request_row: Any, tx_as: Any
) -> None:
    cy = people["cy"].actor

    with tx_as(cy) as tx:
        assert requests_of(tx, cy, case.id) == ()
        assert request_facts(tx, cy, case.id).open_requests == 0
        with pytest.raises(NotFound):
            request_by_number(tx, cy, case.id, 1)
        assert tx.execute(text("select count(*) from request")).scalar_one() == 0
    theirs = make_request(people["dee"].actor, case.id, side=Side.RESPONDENT)
    assert theirs.number == 1


def test_answers_move_items_and_facts_follow(
    people: Any, case: Any, request_row: Any, tx_as: Any, clock: Any
) -> None:
    ada, dee = people["ada"].actor, people["dee"].actor
    document, question, choice = request_row.items
    file = make_item(ada, case.id)

    answer(tx_as, clock, ada, case, document, evidence_ids=(file.id,))
    answer(tx_as, clock, ada, case, question, cannot_provide=True, text="The mixer has died.")
    done = answer(tx_as, clock, ada, case, choice, text="album")

    with tx_as(dee) as tx:
        facts = request_facts(tx, dee, case.id)
        assert open_requests(tx, dee, case.id) == ()
    assert [item.state for item in done.items] == ["answered", "cannot_provide", "answered"]
    assert (done.received, done.items[1].answer.declined) == (3, True)
    assert (facts.open_requests, facts.answered_items) == (0, 3)


@pytest.mark.parametrize(
    ("position", "more", "code"),
    [
        (0, {"text": "I sent it by mail"}, "document_missing"),
        (1, {"text": " "}, "text_missing"),
        (2, {"text": "live"}, "choice_unknown"),
        (1, {"cannot_provide": True}, "required"),
    ],
)
def test_incomplete_answers_are_refused(
    people: Any,
    case: Any,
    request_row: Any,
    tx_as: Any,
    clock: Any,
    position: int,
    more: Any,
    code: str,
) -> None:
    with pytest.raises(Invalid) as caught:
        answer(tx_as, clock, people["ada"].actor, case, request_row.items[position], **more)

    assert caught.value.code == code


def test_b143_a_foreign_file_in_an_answer_is_not_found(
    people: Any, case: Any, request_row: Any, tx_as: Any, clock: Any
) -> None:
    ada = people["ada"].actor
    theirs = make_item(people["cy"].actor, case.id)
    elsewhere = make_item(ada, make_case(people["ada"]).id)

    for foreign in (theirs.id, elsewhere.id, uuid4()):
        with pytest.raises(NotFound):
            answer(tx_as, clock, ada, case, request_row.items[0], evidence_ids=(foreign,))


@pytest.mark.parametrize(
    ("who", "error"), [("cy", NotFound), ("aud", Exception), ("fay", Forbidden)]
)
def test_only_its_side_and_the_desk_answer(
    people: Any, case: Any, request_row: Any, tx_as: Any, clock: Any, who: str, error: Any
) -> None:
    with pytest.raises(error):
        answer(tx_as, clock, people[who].actor, case, request_row.items[1], text="x")

    with tx_as(people["ada"].actor) as tx:
        assert requests_of(tx, people["ada"].actor, case.id)[0].waiting == 3


def test_staff_record_an_answer_that_came_by_phone(
    people: Any, case: Any, request_row: Any, tx_as: Any, clock: Any
) -> None:
    row = answer(
        tx_as, clock, people["dee"].actor, case, request_row.items[1], text="Mira mixed it."
    )

    assert row.items[1].answer.by == "Dee Dorn"


def test_the_desk_accepts_asks_again_and_waives(
    people: Any, case: Any, request_row: Any, tx_as: Any, clock: Any
) -> None:
    ada, dee = people["ada"].actor, people["dee"].actor
    _document, question, choice = request_row.items
    answer(tx_as, clock, ada, case, question, text="Mira")

    again = judge(tx_as, clock, dee, case, question, Step.ASK_AGAIN, "Please the full name.")
    clock.advance(timedelta(minutes=5))
    answer(tx_as, clock, ada, case, question, text="Mira Moss")
    accepted = judge(tx_as, clock, dee, case, question, Step.ACCEPT)
    waived = judge(tx_as, clock, dee, case, choice, Step.WAIVE)

    assert (again.items[1].state, again.items[1].note) == (
        ItemState.ASKED_AGAIN,
        "Please the full name.",
    )
    assert (accepted.items[1].state, accepted.items[1].answer.text) == (
        ItemState.ACCEPTED,
        "Mira Moss",
    )
    assert waived.items[2].state is ItemState.WAIVED
    with pytest.raises(Refused):
        judge(tx_as, clock, dee, case, question, Step.WAIVE)
    with pytest.raises(Invalid):
        judge(tx_as, clock, dee, case, choice, Step.ANSWER)


def test_asking_again_needs_words(
    people: Any, case: Any, request_row: Any, tx_as: Any, clock: Any
) -> None:
    answer(tx_as, clock, people["ada"].actor, case, request_row.items[1], text="Mira")

    with pytest.raises(Invalid):
        judge(tx_as, clock, people["dee"].actor, case, request_row.items[1], Step.ASK_AGAIN)


def test_i5_an_answer_to_what_was_changed_is_stale(
    people: Any, case: Any, request_row: Any, tx_as: Any, clock: Any
) -> None:
    item = request_row.items[1]
    judge(tx_as, clock, people["dee"].actor, case, item, Step.WAIVE)

    with pytest.raises(Stale):
        answer(tx_as, clock, people["ada"].actor, case, item, text="x", version=item.version)


def test_i16_the_same_keys_ask_and_answer_once(
    people: Any, case: Any, tx_as: Any, clock: Any
) -> None:
    ada, dee = people["ada"].actor, people["dee"].actor
    command = AskItems(
        case.id, Side.COMPLAINANT, THREE, clock.now() + timedelta(days=7), "why", client_key="a"
    )
    for _try in range(2):
        with tx_as(dee) as tx:
            row = ask(tx, command, dee, clock)

    first = answer(tx_as, clock, ada, case, row.items[1], text="x", client_key="b")
    again = answer(tx_as, clock, ada, case, row.items[1], text="x", client_key="b")

    with tx_as(dee) as tx:
        assert len(requests_of(tx, dee, case.id)) == 1
    assert first.items[1].version == again.items[1].version


def test_more_time_once_for_a_party_and_within_policy(
    people: Any, case: Any, request_row: Any, tx_as: Any, clock: Any
) -> None:
    ada, dee = people["ada"].actor, people["dee"].actor
    until, latest = request_row.due_at + timedelta(days=3), request_row.due_at + timedelta(days=7)

    def extend(actor: Actor, to: Any, reason: str = "I am on tour") -> Any:
        with tx_as(actor) as tx:
            command = ExtendRequest(case.id, request_row.id, to, latest, reason)
            return extend_request(tx, command, actor, clock)

    for wrong in (request_row.due_at, latest + timedelta(days=1)):
        with pytest.raises(Invalid):
            extend(ada, wrong)
    with pytest.raises(Invalid):
        extend(ada, until, reason=" ")
    assert extend(ada, until).due_at == until
    with pytest.raises(Refused):
        extend(ada, latest)
    assert extend(dee, latest).due_at == latest
    with pytest.raises(NotFound):
        extend(people["cy"].actor, latest + timedelta(days=1))


def test_silence_lapses_what_waits_and_a_late_answer_is_taken(
    people: Any, case: Any, request_row: Any, tx_as: Any, clock: Any
) -> None:
    ada = people["ada"].actor
    answer(tx_as, clock, ada, case, request_row.items[1], text="Mira")

    with tx_as(SYSTEM) as tx:
        lapsed = lapse_requests(tx, case.id, Side.COMPLAINANT, SYSTEM, clock)
        again = lapse_requests(tx, case.id, Side.COMPLAINANT, SYSTEM, clock)
    late = answer(tx_as, clock, ada, case, request_row.items[2], text="single")

    assert (lapsed, again) == (2, 0)
    assert [item.state for item in late.items] == ["lapsed", "answered", "answered"]


def test_b001_every_problem_of_a_request_is_named_at_once(
    people: Any, case: Any, tx_as: Any, clock: Any
) -> None:
    dee = people["dee"].actor
    items = (
        AskedItem(ItemKind.QUESTION, " "),
        AskedItem(ItemKind.CHOICE, "Which?", options=("a",)),
    )

    with pytest.raises(InvalidMany) as caught, tx_as(dee) as tx:
        ask(
            tx,
            AskItems(case.id, Side.COMPLAINANT, items, clock.now() + timedelta(days=1), "why"),
            dee,
            clock,
        )
    for broken in (
        {"items": ()},
        {"items": THREE, "due_at": clock.now()},
        {"items": THREE, "side": Side.DESK},
    ):
        values = {
            "items": THREE,
            "due_at": clock.now() + timedelta(days=1),
            "side": Side.COMPLAINANT,
        } | broken
        with pytest.raises(Invalid), tx_as(dee) as tx:
            ask(tx, AskItems(case.id, reason="why", **values), dee, clock)

    assert [error.field for error in caught.value.errors] == ["items-0-title", "items-1-options"]


@pytest.mark.parametrize("who", ["ada", "fay", "aud"])
def test_only_the_desk_asks(people: Any, case: Any, who: str) -> None:
    with pytest.raises((Forbidden, NotFound)):
        make_request(people[who].actor, case.id)


def test_the_desk_names_the_side_when_both_were_asked(
    people: Any, case: Any, request_row: Any, tx_as: Any
) -> None:
    dee = people["dee"].actor
    make_request(dee, case.id, side=Side.RESPONDENT)

    with tx_as(dee) as tx:
        with pytest.raises(NotFound):
            request_by_number(tx, dee, case.id, 1)
        assert request_by_number(tx, dee, case.id, 1, Side.RESPONDENT).side is Side.RESPONDENT
