"""Moves of parties by plain forms: a notice taken back, an offer made and taken as read."""

from __future__ import annotations

import re
from typing import Any

from app.cases.queries import case_by_id
from app.cases.rules.kinds import CaseEvent, State, SubKind
from app.infra.db.transaction import transaction
from tests.factories.accounts import make_cast
from tests.factories.cases import SYSTEM, act, make_case


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
