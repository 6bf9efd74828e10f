"""Acting for an artist: asked by mail, bound to one address, dated, read or act, ended at once (B136, B146, B148, B154)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.accounts.adapters.vault import keys_from
from app.accounts.service.people import disable_person
from app.accounts.service.sealed import open_code, open_invitation
from app.cases.rules.kinds import SubKind
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from tests.factories.accounts import make_cast, make_person, trust
from tests.factories.cases import make_case

Clients = Callable[[Any], Any]
SYSTEM = Actor.system("test:delegations")
DATES = {"starts_on": "2026-11-20", "ends_on": "2027-01-01"}
GOOD = {"email": "bo@example.com", "relation": "manager", "capability": "act", **DATES}


@pytest.fixture
def cast(app: Any) -> Any:
    return make_cast("ada", "bo", "cy")


def sealed_in(kind: str, to: str) -> str:
    """What the newest event of a kind carries for an address; the process that mails it opens it."""
    query = text(
        "select payload ->> 'sealed' from event where type = :kind and payload ->> 'email' = :to"
    )
    with transaction(SYSTEM, read_only=True) as tx:
        return str(tx.execute(query, {"kind": kind, "to": to}).scalars().all()[-1])


def told(change: str, to: str) -> int:
    query = text(
        "select count(*) from outgoing_mail where values ->> 'change' = :change and address = :to"
    )
    with transaction(SYSTEM, read_only=True) as tx:
        return int(tx.execute(query, {"change": change, "to": to}).scalar_one())


def link_to(app: Any, run_jobs: Any, to: str = "bo@example.com") -> str:
    run_jobs()
    links = keys_from(app.extensions["redress"].settings).links
    return f"/delegation/{open_invitation(links, sealed_in('delegate_invited', to))}"


def asked(client_as: Clients, cast: Any, **changes: str) -> str:
    ref = str(make_case(cast["ada"], SubKind.OWNERSHIP).ref)
    answer = client_as(cast["ada"]).post(f"/cases/{ref}/invite", data=GOOD | changes)
    assert (answer.status_code, answer.location) == (303, "/me/delegations"), answer.text
    return ref


def test_accepted_by_the_mailed_link_listed_and_ended_at_once(
    app: Any, client_as: Clients, cast: Any, run_jobs: Any
) -> None:
    ref = asked(client_as, cast)
    ada, bo = client_as(cast["ada"]), client_as(cast["bo"])
    assert "Not accepted yet" in ada.get("/me/delegations").text
    assert bo.get(f"/cases/{ref}").status_code == 404
    link = link_to(app, run_jobs)
    assert "Ada Amberg asks you to act for them" in bo.get(link).text
    assert bo.post(link).location == "/cases"

    assert bo.get(f"/cases/{ref}").status_code == 200
    assert "Manager, acts for your side" in ada.get(f"/cases/{ref}").text
    assert "Ada Amberg" in bo.get("/me/delegations").text
    end = re.search(r"/me/delegations/[0-9a-f-]+/end", ada.get("/me/delegations").text)
    assert end
    ada.post(end[0])
    assert bo.get(f"/cases/{ref}").status_code == 404
    assert "Nobody acts for you" in ada.get("/me/delegations").text


def test_b136_ended_during_an_open_form_keeps_the_text_and_writes_nothing(
    app: Any, client_as: Clients, cast: Any, run_jobs: Any
) -> None:
    ref = asked(client_as, cast)
    bo = client_as(cast["bo"])
    bo.post(link_to(app, run_jobs))
    bo.get(f"/cases/{ref}")
    ada = client_as(cast["ada"])
    end = re.search(r"/me/delegations/[0-9a-f-]+/end", ada.get("/me/delegations").text)
    assert end
    ada.post(end[0])

    answer = bo.post(f"/cases/{ref}/messages", data={"body": "A long answer that took an hour"})

    assert answer.status_code == 404
    assert "A long answer that took an hour" in answer.text
    assert "A long answer" not in ada.get(f"/cases/{ref}").text


def test_b148_nobody_comes_to_stand_on_both_sides(
    app: Any, client_as: Clients, cast: Any, run_jobs: Any
) -> None:
    make_case(cast["ada"], SubKind.OWNERSHIP, respondent=cast["bo"])
    asked(client_as, cast)

    answer = client_as(cast["bo"]).post(link_to(app, run_jobs))

    assert answer.status_code == 409
    assert "opposite sides" in answer.text


def test_b154_forwarded_used_twice_or_old(
    app: Any, client_as: Clients, cast: Any, clock: FixedClock, run_jobs: Any
) -> None:
    ref = asked(client_as, cast)
    link = link_to(app, run_jobs)
    forwarded = client_as(cast["cy"]).post(link)
    run_jobs()
    heard = told("invitation_misused", "ada@example.com")
    once, twice = (client_as(cast["bo"]).post(link).status_code for _ in range(2))
    asked(client_as, cast, email="zed@example.com")
    old = link_to(app, run_jobs, "zed@example.com")
    clock.advance(timedelta(hours=73))

    assert (forwarded.status_code, heard, once, twice) == (410, 1, 303, 410)
    assert client_as(cast["cy"]).get(f"/cases/{ref}").status_code == 404
    assert client_as(None).get(old).status_code == 410


def test_without_an_account_a_code_to_the_address_leads_in(
    app: Any, client_as: Clients, cast: Any, run_jobs: Any
) -> None:
    asked(client_as, cast, email="zoe@example.com")
    link, anybody = link_to(app, run_jobs, "zoe@example.com"), trust(client_as(None))
    page = anybody.get(link).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    begun = anybody.post(f"{link}/begin", data={"csrf_token": token[1]})
    assert begun.status_code == 303, begun.text[:3000]
    run_jobs()
    links = keys_from(app.extensions["redress"].settings).links
    secret = open_code(links, sealed_in("sign_in_code_issued", "zoe@example.com"))

    assert begun.location == "/signin/code"
    assert secret
    entered = anybody.post("/signin/code", data={"csrf_token": token[1], "code": secret.code})
    assert entered.location == link


def test_who_may_only_read_cannot_act(
    app: Any, client_as: Clients, cast: Any, run_jobs: Any
) -> None:
    ref = asked(client_as, cast, capability="read")
    bo = client_as(cast["bo"])
    bo.post(link_to(app, run_jobs))

    assert bo.get(f"/cases/{ref}").status_code == 200
    assert bo.post(f"/cases/{ref}/messages", data={"body": "hello"}).status_code == 403
    assert bo.post(f"/cases/{ref}/withdraw", data={"reason": ""}).status_code == 403


def test_b153_known_and_unknown_addresses_get_the_same_answer(
    client_as: Clients, cast: Any
) -> None:
    ref = make_case(cast["ada"], SubKind.OWNERSHIP).ref
    client = client_as(cast["ada"])
    for bad in (
        {"email": "nonsense"},
        {"ends_on": "2020-01-01"},
        {"email": "ada@example.com"},
        {"capability": "all"},
    ):
        assert client.post(f"/cases/{ref}/invite", data=GOOD | bad).status_code == 422, bad
    answers = [
        client.post(f"/cases/{ref}/invite", data=GOOD | {"email": email})
        for email in ("cy@example.com", "who@example.com")
    ]

    assert {(a.status_code, a.location, a.text) for a in answers} == {
        (303, "/me/delegations", answers[0].text)
    }
    with transaction(SYSTEM, read_only=True) as tx:
        assert tx.execute(text("select count(*) from delegation")).scalar_one() == 0


def test_b146_links_end_with_the_account(
    app: Any, client_as: Clients, cast: Any, run_jobs: Any
) -> None:
    asked(client_as, cast)
    link = link_to(app, run_jobs)
    with transaction(SYSTEM) as tx:
        disable_person(tx, cast["ada"].id, SYSTEM, app.extensions["redress"].clock)

    assert client_as(make_person("bea", email="bea@example.com")).post(link).status_code == 410
    assert client_as(cast["bo"]).post(link).status_code == 410
