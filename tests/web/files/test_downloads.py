"""Files leave by one door: scoped, noted in custody, as attachments that no browser runs."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.evidence.commands import ShareItem, UnshareItem
from app.evidence.models import EvidenceEvent
from app.evidence.queries import items_of
from app.evidence.service import share_item, unshare_item
from app.infra.storage.memory import MemoryStorage
from app.kernel.actor import Actor
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case, make_draft
from tests.factories.evidence import make_item, pdf

SYSTEM = Actor.system("test")
POLYGLOT = b"%PDF-1.4\n<html><script>alert(1)</script></html>\n%%EOF"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def people(app: Any) -> Any:
    return make_cast("ada", "bo", "cy", "dee", "rio", "fay", "aud", "adi")


@pytest.fixture
def case(people: Any) -> Any:
    return make_case(people["ada"], respondent=people["cy"])


@pytest.fixture
def item(people: Any, case: Any) -> Any:
    return make_item(
        people["ada"].actor, case.id, body=pdf(), name='Split "sheet"; filename=x.exe\r\n.pdf'
    )


def openings(tx_as: Any) -> list[Any]:
    with tx_as(SYSTEM) as tx:
        query = select(EvidenceEvent.by_id, EvidenceEvent.side).where(
            EvidenceEvent.step == "opened"
        )
        return [tuple(row) for row in tx.execute(query)]


def test_the_owner_gets_exactly_the_bytes_and_custody_says_so(
    people: Any, case: Any, item: Any, client_as: Any, tx_as: Any
) -> None:
    answer = client_as(people["ada"]).get(f"/cases/{case.ref}/evidence/{item.id}")

    assert (answer.status_code, answer.data) == (200, pdf())
    assert openings(tx_as) == [(people["ada"].id, "complainant")]


def test_b022_b023_nothing_is_ever_shown_inside_our_pages(
    people: Any, case: Any, client_as: Any
) -> None:
    ada = people["ada"]

    for name, body in (("logo.svg", SVG), ("both.pdf", POLYGLOT), ("page.png", b"<html>")):
        made = make_item(ada.actor, case.id, body=body, name=name)
        answer = client_as(ada).get(f"/files/cases/{case.ref}/evidence/{made.label}")
        assert answer.data == body
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].endswith("; sandbox")
        assert "no-store" in answer.headers["Cache-Control"]


def test_b032_a_hostile_name_stays_one_header_value(
    people: Any, case: Any, item: Any, client_as: Any
) -> None:
    answer = client_as(people["ada"]).get(f"/files/cases/{case.ref}/evidence/E1")

    header = answer.headers["Content-Disposition"]
    assert header.count("\n") == header.count("\r") == 0
    assert unquote(header.split("UTF-8''")[1]).startswith("E1 Split")
    assert header.count(";") == 2


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("cy", 404), ("bo", 404), ("adi", 403), ("dee", 403), ("rio", 200), ("fay", 200), ("aud", 303),
        (None, 303),
    ],
)  # fmt: skip
def test_who_gets_a_private_file(
    people: Any, case: Any, item: Any, client_as: Any, tx_as: Any, who: Any, status: int
) -> None:
    answer = client_as(people.get(who)).get(f"/files/cases/{case.ref}/evidence/E1")

    assert answer.status_code == status
    assert len(openings(tx_as)) == (status == 200)


def test_an_auditor_reads_through_an_own_door_and_that_is_noted(
    people: Any, case: Any, item: Any, client_as: Any, tx_as: Any
) -> None:
    address = f"/files/audit/cases/{case.ref}/evidence/E1"

    read = client_as(people["aud"]).get(address)
    others = [client_as(people[who]).get(address).status_code for who in ("ada", "rio", "adi")]

    assert (read.status_code, read.data) == (200, pdf())
    assert openings(tx_as) == [(people["aud"].id, "desk")]
    assert others == [403, 403, 403]


def test_foreign_and_unknown_look_the_same(
    people: Any, case: Any, item: Any, client_as: Any
) -> None:
    client = client_as(people["cy"])

    foreign = client.get(f"/cases/{case.ref}/evidence/{item.id}")
    unknown = client.get(f"/cases/{case.ref}/evidence/{uuid4()}")

    assert (foreign.status_code, unknown.status_code) == (404, 404)
    said = [
        re.search(r"<main.*</main>", answer.text, re.DOTALL)[0] for answer in (foreign, unknown)
    ]
    assert said[0] == said[1]


def test_b146_an_old_link_is_gone_after_unshare(
    people: Any, case: Any, item: Any, client_as: Any, tx_as: Any, clock: Any
) -> None:
    ada, client = people["ada"].actor, client_as(people["cy"])
    with tx_as(ada) as tx:
        share_item(tx, ShareItem(case.id, item.id), ada, clock)
    shared = client.get(f"/files/cases/{case.ref}/evidence/S1")
    with tx_as(ada) as tx:
        unshare_item(tx, UnshareItem(case.id, item.id), ada, clock)

    gone = client.get(f"/files/cases/{case.ref}/evidence/S1")

    assert (shared.status_code, shared.data, gone.status_code) == (200, pdf(), 404)


def test_b035_a_blocked_file_is_never_handed_out(people: Any, case: Any, client_as: Any) -> None:
    made = make_item(
        people["ada"].actor, case.id, body=b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE", name="a.txt"
    )

    for who in ("ada", "rio"):
        assert (
            client_as(people[who]).get(f"/files/cases/{case.ref}/evidence/{made.label}").status_code
            == 409
        )


def test_a_file_of_a_draft_opens_for_its_people(people: Any, client_as: Any) -> None:
    draft = make_draft(people["ada"])
    made = make_item(people["ada"].actor, draft)
    address = f"/files/drafts/{draft}/evidence/{made.id}"

    assert client_as(people["ada"]).get(address).status_code == 200
    assert client_as(people["cy"]).get(address).status_code == 404


def test_b038_a_store_that_is_away_is_503_and_notes_nothing(
    app: Any, people: Any, case: Any, item: Any, client_as: Any, tx_as: Any
) -> None:
    broken = MemoryStorage()
    broken.fail_on = {"open", "put_quarantine"}
    ports = app.extensions["redress"]
    app.extensions["redress"] = replace(ports, storage=broken)
    try:
        client = client_as(people["ada"])
        read = client.get(f"/files/cases/{case.ref}/evidence/E1")
        sent = client.post(
            f"/cases/{case.ref}/evidence",
            data={"note": "words I typed", "file": (io.BytesIO(b"x"), "a.txt")},
        )
    finally:
        app.extensions["redress"] = ports

    assert (read.status_code, sent.status_code) == (503, 503)
    assert "words I typed" in sent.text
    assert openings(tx_as) == []


def test_a_plain_form_post_adds_a_file(
    people: Any, case: Any, client_as: Any, tx_as: Any, app: Any
) -> None:
    ada = people["ada"]
    client, storage = client_as(ada), app.extensions["redress"].storage
    before = list(storage.list("quarantine/"))

    sent = client.post(
        f"/cases/{case.ref}/evidence",
        data={"idempotency_key": "k1", "file": (io.BytesIO(pdf()), "../../agreement.pdf")},
    )
    again = client.post(
        f"/cases/{case.ref}/evidence",
        data={"idempotency_key": "k1", "file": (io.BytesIO(pdf()), "../../agreement.pdf")},
    )

    with tx_as(ada.actor) as tx:
        rows = items_of(tx, ada.actor, case.id)
    assert (sent.status_code, again.status_code) == (303, 303)
    assert [(row.label, row.filename) for row in rows] == [("E1", "agreement.pdf")]
    assert list(storage.list("quarantine/")) == before


def test_b041_a_post_to_a_foreign_case_is_404(people: Any, case: Any, client_as: Any) -> None:
    answer = client_as(people["bo"]).post(
        f"/cases/{case.ref}/evidence", data={"file": (io.BytesIO(b"x"), "a.txt")}
    )

    assert answer.status_code == 404
