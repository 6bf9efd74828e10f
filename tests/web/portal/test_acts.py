"""Moves of parties by plain forms: a notice taken back, an offer made and taken as read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from app.cases.queries import case_by_id
from app.cases.rules.kinds import CaseEvent, State, SubKind
from app.cases.rules.words import Mover
from app.corrections.queries.corrections import corrections_of
from app.infra.db.transaction import transaction
from app.web.portal.whose_move import ask_of
from app.web.shared.promises import Promise
from app.workflows import decide
from tests.factories.accounts import make_cast
from tests.factories.cases import SYSTEM, act, make_case
from tests.factories.corrections import make_desk, make_proposed_case


def state_of(case_id: Any) -> State:
    with transaction(SYSTEM, read_only=True) as tx:
        return case_by_id(tx, SYSTEM, case_id).state


def restricted(cast: Any) -> Any:
    case = make_case(cast["cy"], SubKind.DMCA_NOTICE, respondent=cast["ada"])
    act(case.id, CaseEvent.ACCEPT_NOTICE, cast["rio"].actor)
    return case


def test_the_notice_is_taken_back_by_its_sender_alone(app: Any, client_as: Any) -> None:
    cast = make_cast("ada", "cy", "rio")
    case = restricted(cast)

    refused = client_as(cast["ada"]).get(f"/cases/{case.ref}/actions/retract")
    done = client_as(cast["cy"]).post(
        f"/cases/{case.ref}/actions/retract", data={"reason": "A mistake."}
    )

    assert refused.status_code == 404
    assert done.status_code == 303
    assert state_of(case.id) in (State.IMPLEMENTING, State.DECIDED)


def test_an_offer_is_taken_as_it_was_read(app: Any, client_as: Any) -> None:
    cast = make_cast("ada", "cy", "rio")
    case = make_case(cast["ada"], SubKind.OWNERSHIP, respondent=cast["cy"])
    act(case.id, CaseEvent.TAKE, cast["rio"].actor)
    act(case.id, CaseEvent.START_REVIEW, cast["rio"].actor)
    client_as(cast["ada"]).post(
        f"/cases/{case.ref}/actions/offer", data={"terms": "Half each.", "reason": "Peace."}
    )

    page = client_as(cast["cy"]).get(f"/cases/{case.ref}/actions/accept_offer").text
    seen = re.search(r'name="terms_hash"[^>]*value="(\w+)"', page)
    stale = client_as(cast["cy"]).post(
        f"/cases/{case.ref}/actions/accept_offer", data={"terms_hash": "0" * 64}
    )
    assert seen is not None, page[page.find("<main") :][:1500]
    done = client_as(cast["cy"]).post(
        f"/cases/{case.ref}/actions/accept_offer", data={"terms_hash": seen[1]}
    )

    assert "Half each." in page
    assert (stale.status_code, done.status_code) == (409, 303)
    assert state_of(case.id) is State.CONFIRMATION


def test_after_finance_approved_nobody_reads_that_a_payment_is_being_approved(
    pg: dict[str, Any], clock: Any, client_as: Any, run_jobs: Any
) -> None:
    desk = make_desk(pg)
    made = make_proposed_case(desk.payee, clock)
    with transaction(made.rae.actor) as tx:
        confirmation = decide.Confirm(
            made.case.id, made.case.version, made.decision_id, made.seen_hash
        )
        decide.confirm(tx, confirmation, made.rae.actor, clock)
        (row,) = corrections_of(tx, made.rae.actor, clock, made.case.id)
    ada, page = client_as(made.ada), f"/cases/{made.case.ref}"
    waits = ada.get(page).text
    gus, form = client_as(desk.gus), f"/finance/corrections/{row.id}"
    seen = re.search(r'name="seen_hash" value="([^"]*)"', gus.get(form).text)
    assert seen
    gus.post(f"{form}/approve", data={"seen_hash": seen[1], "idempotency_key": uuid4().hex})
    carried_out = ada.get(page).text
    run_jobs()
    told = ada.get(page).text
    way = f'href="{page}/decision"'

    assert way not in carried_out, "its letter is not there yet"
    assert way in told
    assert ada.get(f"{page}/decision").status_code == 200

    assert "Your payment is being approved" in waits
    assert "Your payment is being approved" not in carried_out
    assert "We are carrying out the decision" in carried_out
    assert "Made. We are carrying it out." in carried_out


def test_a_decision_that_is_carried_out_has_no_day_of_the_decision(app: Any, clock: Any) -> None:
    cast = make_cast("ada", "cy")
    case = make_case(cast["ada"], SubKind.OWNERSHIP, respondent=cast["cy"])
    actor, promise = cast["ada"].actor, Promise(clock.now(), clock.now() + timedelta(days=40))
    with transaction(actor, read_only=True) as tx:
        view = case_by_id(tx, actor, case.id)

    with app.test_request_context("/"):
        review, implementing = (
            ask_of(replace(view, state=state, needs=needs), (), None, promise, None, "")
            for state, needs in (
                (State.REVIEW, Mover.DESK),
                (State.IMPLEMENTING, Mover.FINANCE),
            )
        )

    assert review.due is not None
    assert implementing.title == "We are carrying out the decision"
    assert implementing.due is None
