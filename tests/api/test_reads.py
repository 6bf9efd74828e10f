"""What a program reads: decisions and letters of its own side, money, policies, the catalogue; and nothing more."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from app.accounts.queries import person_by_email
from app.cases.rules.kinds import CaseEvent, State, SubKind
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from tests.factories.accounts import make_cast, make_person
from tests.factories.books import close
from tests.factories.cases import make_case
from tests.factories.corrections import (
    export,
    lock,
    make_batch,
    make_correction,
    make_desk,
    make_waiting_case,
)
from tests.factories.letters import QuickRenderer, with_services
from tests.web.desk.pages import statements
from tests.web.portal import desk as house

API = "/api/v1"
SYSTEM = Actor.system("test")


@pytest.fixture
def decided(app: Any, clock: Any, run_jobs: Any) -> dict[str, Any]:
    """A case of Ada against Cy, decided and told."""
    cast = make_cast("ada", "cy", "rio", "rae", "dee")
    case = make_case(cast["ada"], SubKind.OWNERSHIP, respondent=cast["cy"])
    house.take(cast["rio"], str(case.ref), clock)
    house.move(cast["rio"], case.id, CaseEvent.START_REVIEW, clock)
    house.decide(cast["rio"], cast["rae"], str(case.ref), clock)
    with with_services(app, renderer=QuickRenderer()):
        run_jobs()
    return cast | {"ref": case.ref}


def test_each_side_reads_its_own_decision_and_letter(decided: Any, program: Any) -> None:
    ref = decided["ref"]
    found = {}

    for key in ("ada", "cy", "rio"):
        client = program(decided[key])
        letters = client.get(f"{API}/cases/{ref}/letters").json["items"]
        decisions = client.get(f"{API}/cases/{ref}/decisions").json["items"]
        found[key] = (
            [one["to"] for one in letters if one["kind"] == "decision"],
            [one["side"] for one in decisions],
        )

    assert found["ada"] == (["complainant"], ["complainant"])
    assert found["cy"] == (["respondent"], ["respondent"])
    assert set(found["rio"][0]) == {"complainant", "respondent"}
    assert set(found["rio"][1]) == {"complainant", "respondent"}


def test_the_pdf_of_a_letter_is_for_its_side(decided: Any, program: Any) -> None:
    ref = decided["ref"]
    ada, cy = program(decided["ada"]), program(decided["cy"])
    letter = next(
        one
        for one in ada.get(f"{API}/cases/{ref}/letters").json["items"]
        if one["kind"] == "decision"
    )
    path = f"{API}/cases/{ref}/letters/{letter['id']}/file"

    own, foreign, unknown = (
        ada.get(path),
        cy.get(path),
        ada.get(path.replace(letter["id"], str(uuid4()))),
    )

    assert (own.status_code, own.mimetype) == (200, "application/pdf")
    assert own.data.startswith(b"%PDF")
    assert len(own.data) == letter["size"]
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.data == unknown.data


def test_nothing_of_a_decision_shows_before_its_side_is_told(
    app: Any, pg: Any, clock: Any, program: Any
) -> None:
    case, _correction = make_waiting_case(make_desk(pg).payee, clock)
    with transaction(SYSTEM) as tx:
        ada = person_by_email(tx, "ada@example.com")
    client = program(ada)

    decisions = client.get(f"{API}/cases/{case.ref}/decisions").json
    shown = client.get(f"{API}/cases/{case.ref}").json
    listed = client.get(f"{API}/cases").json["items"][0]

    assert case.state is State.FINANCE_APPROVAL
    assert decisions == {"items": []}
    assert (shown["outcome"], shown["decided_at"], listed["outcome"]) == (None, None, None)


def test_money_is_read_by_those_who_may_and_is_text(app: Any, pg: Any, program: Any) -> None:
    desk = make_desk(pg)
    waiting, batch = make_correction(desk), make_batch(desk, "30.00")
    lock(desk, batch)
    export(desk.gus.actor, batch, app.extensions["redress"].storage)
    finance, artist = program(desk.fay), program(make_person("bo"))

    rows = finance.get(f"{API}/corrections?state=proposed").json["items"]
    every = finance.get(f"{API}/corrections").json["items"]
    one = finance.get(f"{API}/corrections/{waiting}").json
    batches = finance.get(f"{API}/batches").json["items"]
    shown = finance.get(f"{API}/batches/{batch}").json
    first, second = (finance.get(f"{API}/batches/{batch}/export") for _ in range(2))
    walls = [
        artist.get(f"{API}/{path}").status_code
        for path in ("corrections", f"corrections/{waiting}", "batches", f"batches/{batch}/export")
    ]

    assert sorted(row["total"]["amount"] for row in every) == ["30.00", "412.83"]
    assert [(row["id"], row["total"]) for row in rows] == [
        (str(waiting), {"amount": "412.83", "currency": "EUR"})
    ]
    assert [line["amount"]["amount"] for line in one["lines"]] == ["412.83"]
    assert [(row["state"], row["total"]["amount"]) for row in batches] == [("exported", "30.00")]
    assert shown["file"]["gross"] == {"amount": "30.00", "currency": "EUR"}
    assert first.data == second.data
    assert (first.status_code, first.mimetype) == (200, "text/csv")
    assert set(walls) == {403}


def test_exports_are_limited_as_on_pages(app: Any, pg: Any, program: Any) -> None:
    desk = make_desk(pg)
    batch = make_batch(desk, "30.00")
    lock(desk, batch)
    export(desk.gus.actor, batch, app.extensions["redress"].storage)
    finance = program(desk.fay)

    statuses = [finance.get(f"{API}/batches/{batch}/export").status_code for _ in range(7)]

    assert statuses == [200] * 6 + [429]


def test_policies_are_read_and_the_catalogue_taken_in(program: Any) -> None:
    adi, ada, dee = (make_person(key) for key in ("adi", "ada", "dee"))
    make_case(ada)
    row = "T1,Ada Amberg,ada@example.com,036000291452,Low Tide,Low Tide,USRC17607839\n"
    header = "artist_code,artist,holder_email,upc,release_title,recording_title,isrc\n"
    path = f"{API}/catalogue/imports"

    taken = program(adi).post(path, data=header + row, content_type="text/csv")
    wrong = program(adi).post(
        path, data=header + row.replace("USRC", "??"), content_type="text/csv"
    )
    other = program(adi).post(path, json={})
    party = program(ada).post(path, data=header + row, content_type="text/csv")
    own = program(ada).get(f"{API}/catalogue/releases?q=low tide").json["items"]
    stranger = program(make_person("cy")).get(f"{API}/catalogue/releases?q=low tide").json["items"]
    policies = program(make_person("rio")).get(f"{API}/policies").json["items"]

    assert (taken.status_code, taken.json["lines"]) == (201, 1)
    assert (wrong.status_code, other.status_code, party.status_code) == (422, 415, 403)
    assert wrong.json["errors"][0]["field"].startswith("line 2")
    assert [one["recordings"][0]["isrc"] for one in own] == ["USRC17607839"]
    assert stranger == []
    assert "missing_earnings" in {one["sub_kind"] for one in policies}
    assert program(dee).get(f"{API}/policies").status_code == 403


@pytest.mark.parametrize("path", ["letters", "decisions", "evidence", "requests", "messages", ""])
def test_reads_of_a_decided_case_take_few_statements(decided: Any, program: Any, path: str) -> None:
    address = f"{API}/cases/{decided['ref']}/{path}".rstrip("/")

    for key in ("ada", "rio"):
        client = program(decided[key])
        client.get(f"{API}/cases")
        with statements() as seen:
            answer = client.get(address)

        assert answer.status_code == 200
        assert len(seen) <= 12, seen


def test_finance_reads_account_codes_and_months_and_an_artist_does_not(
    app: Any, pg: Any, program: Any
) -> None:
    desk = make_desk(pg)
    close(desk.gus.actor, date(2026, 10, 1))
    client = program(desk.fay)

    codes = client.get(f"{API}/account-codes").json
    months = client.get(f"{API}/posting-periods").json["items"]

    assert codes["current_version"] == 1
    assert {"account": "payable", "currency": None, "code": "1100"} in codes["items"][0]["codes"]
    assert [(one["month"], one["is_open"]) for one in months[:2]] == [
        ("2026-11", True),
        ("2026-10", False),
    ]
    assert months[1]["acts"][0]["by"] == "Gus Grau"
    artist = program(make_person("ada"))
    for path in ("account-codes", "posting-periods"):
        assert artist.get(f"{API}/{path}").status_code == 403


def test_a_batch_says_for_which_day_and_by_which_codes_it_was_locked(
    app: Any, pg: Any, program: Any
) -> None:
    desk = make_desk(pg)
    batch_id = make_batch(desk)
    lock(desk, batch_id)

    found = program(desk.fay).get(f"{API}/batches/{batch_id}").json

    assert (found["posting_date"], found["account_codes_version"]) == ("2026-11-20", 1)
