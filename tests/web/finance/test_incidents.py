"""Shared faults in the browser: listed, opened to payees and lines, decided by a lead alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.accounts.rules import Scope
from tests.factories.accounts import bearer_client, make_person, make_token
from tests.factories.incidents import KNOWN, MONTH, agree_terms, paid, sales, sweep, take_in
from tests.web.finance.test_pages import hidden as named
from tests.web.finance.test_pages import statements, words

LIST = "/finance/parent-events"


def hidden(page: Any) -> dict[str, str]:
    """What the forms of the page carry."""
    keys = {"version": named(page, "version")} if 'name="version"' in page.text else {}
    return {"idempotency_key": named(page, "idempotency_key"), **keys}


@pytest.fixture
def people(app: Any, clock: Any) -> dict[str, Any]:
    names = (*KNOWN, "eli", "fay", "gus", "rio")
    return {name: make_person(name, clock=clock) for name in names}


@pytest.fixture
def address(app: Any, people: Any, clock: Any, client_as: Any) -> str:
    """The page of the event that was found."""
    agree_terms(people, clock)
    take_in(app, clock, sales=sales(), paid=paid())
    clock.advance(timedelta(hours=2))
    assert sweep(app) == 1
    html = client_as(people["eli"]).get(LIST).text
    return LIST + html.partition(f'href="{LIST}/')[2].partition('"')[0].join(("/", ""))


def test_the_list_says_the_fault_how_many_artists_and_how_much(
    address: str, people: Any, client_as: Any
) -> None:
    with statements() as seen:
        page = client_as(people["fay"]).get(LIST)

    assert len(seen) <= 12
    said = words(page)
    assert "Wrong withholding, 30% for 4 artists on the Sept 2026 statement" in said
    assert "€120.00" in said
    assert "Check this month again" in said


def test_the_event_opens_to_its_payees_and_their_lines(
    address: str, people: Any, client_as: Any
) -> None:
    gus = client_as(people["gus"])
    with statements() as seen:
        said = words(gus.get(address))

    assert len(seen) <= 12
    assert "3 cases are proposed." in said
    assert "1 payee has no known artist and gets no case" in said
    assert "Ada Amberg" in said
    assert "Open 3 cases" not in said
    with statements() as seen:
        lines = words(gus.get(f"{address}/lines?payee=ada"))
    assert len(seen) <= 12
    for part in (
        "QZABC2600000",
        "Spotify",
        "€70.0000000007",
        "€100.000000001",
        "€30.0000000003",
        "30%",
    ):
        assert part in lines
    assert gus.get(f"{address}/lines?payee=nobody").status_code == 404


def test_who_cannot_decide_reads_who_does(address: str, people: Any, client_as: Any) -> None:
    said = "A lead opens the cases, or says why none are needed."

    assert said in words(client_as(people["fay"]).get(address))
    assert said not in words(client_as(people["eli"]).get(address))


def test_a_lead_opens_the_cases_and_sees_what_became_of_each(
    address: str, people: Any, client_as: Any, run_jobs: Any
) -> None:
    eli = client_as(people["eli"])
    before = eli.get(address)
    assert "Nothing was written to artists." in words(before)
    fields = hidden(before)

    answer = eli.post(f"{address}/cases", data=fields)
    assert answer.status_code == 303
    assert "0 of 4 artists are done." in words(eli.get(address))
    assert eli.get(address).headers["Refresh"] == "3"
    run_jobs()

    after = eli.get(address)
    assert "Refresh" not in after.headers
    said = words(after)
    assert "3 cases were opened." in said
    assert "No known artist: no case" in said
    assert "/desk/cases/RD-" in after.text


def test_a_lead_dismisses_with_a_reason_and_without_one_the_page_says_so(
    address: str, people: Any, client_as: Any
) -> None:
    eli = client_as(people["eli"])
    fields = hidden(eli.get(address))

    refused = eli.post(f"{address}/dismiss", data=fields | {"reason": ""})
    assert refused.status_code == 422
    assert "Error:" in refused.text
    done = eli.post(f"{address}/dismiss", data=hidden(refused) | {"reason": "Agreed in May."})

    assert done.status_code == 303
    said = words(eli.get(address))
    assert "Dismissed" in said
    assert "Agreed in May." in said
    assert "Open 3 cases" not in said


def test_others_of_the_desk_and_artists_find_nothing(
    address: str, people: Any, client_as: Any
) -> None:
    for name in ("rio", "ada"):
        assert client_as(people[name]).get(address).status_code in {403, 404}
    fay = client_as(people["fay"])
    fields = hidden(client_as(people["eli"]).get(address))
    assert fay.post(f"{address}/cases", data=fields).status_code == 403


def test_a_month_is_checked_again_by_hand_and_an_unknown_one_is_not_found(
    address: str, people: Any, client_as: Any
) -> None:
    fay = client_as(people["fay"])
    fields = hidden(fay.get(LIST))

    assert fay.post(f"{LIST}/check", data=fields | {"month": MONTH}).status_code == 303
    fields = hidden(fay.get(LIST))
    assert fay.post(f"{LIST}/check", data=fields | {"month": "1999-01"}).status_code == 404


def test_a_program_reads_events_payees_and_lines(app: Any, address: str, people: Any) -> None:
    client = bearer_client(app, make_token(people["fay"], Scope.MONEY_READ).secret)
    api = "/api/v1/parent-events"
    with statements() as seen:
        (event,) = client.get(api).json["items"]

    assert len(seen) <= 12
    assert event["owed"] == [{"amount": "120.00", "currency": "EUR"}]
    assert client.get(f"{api}?state=dismissed").json["items"] == []
    payees = client.get(f"{api}/{event['id']}/payees").json["items"]
    assert [one["payee"] for one in payees] == ["ada", "bo", "cy", "zoe"]
    assert {one["result"] for one in payees} == {"waiting"}
    (line,) = client.get(f"{api}/{event['id']}/lines?payee=ada").json["items"]
    assert line["difference"] == "30.000000000300"
    assert client.get(f"{api}/{event['id']}").json == event
