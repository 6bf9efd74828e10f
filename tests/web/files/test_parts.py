"""Large files as the page's script sends them: JSON, the token, the store, and words for every refusal."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.kernel.actor import Actor
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case
from tests.factories.evidence import pdf
from tests.support.parts import checksum, put_part

BODY = pdf("in parts")


@pytest.fixture
def people(app: Any) -> Any:
    return make_cast("ada", "cy", "rio", "aud")


@pytest.fixture
def case(people: Any) -> Any:
    return make_case(people["ada"], respondent=people["cy"])


@pytest.fixture
def ada(client_as: Any, people: Any) -> Any:
    return client_as(people["ada"])


def begin(client: Any, case: Any, **changes: Any) -> Any:
    given = {
        "name": "agreement.pdf",
        "type": "application/pdf",
        "size": len(BODY),
        "modified": 7,
        "key": uuid4().hex,
    }
    return client.post(f"/uploads/cases/{case.id}", json=given | changes)  # fmt: skip


def send(app: Any, client: Any, upload: dict[str, Any]) -> Any:
    wanted = [{"number": 1, "checksum": checksum(BODY)}]
    signed = client.post(f"/uploads/{upload['id']}/parts", json={"parts": wanted}).json["parts"]
    storage = app.extensions["redress"].storage
    assert all(put_part(storage, one["url"], BODY, one["headers"]) for one in signed)
    return client.post(
        f"/uploads/{upload['id']}/complete",
        json={"sha256": hashlib.sha256(BODY).hexdigest(), "checksums": [checksum(BODY)]},
    )


def test_a_file_goes_up_is_checked_and_is_evidence(
    app: Any, ada: Any, case: Any, run_jobs: Any
) -> None:
    upload = begin(ada, case).json
    assert (upload["state"], upload["count"], upload["safe"]) == ("open", 1, [])

    assert send(app, ada, upload).json["state"] == "checking"
    run_jobs()

    shown = ada.get(f"/uploads/{upload['id']}").json
    assert (shown["state"], shown["label"]) == ("received", "E1")
    assert "agreement.pdf" in ada.get(f"/cases/{case.ref}").text
    assert ada.get(f"/uploads/cases/{case.id}").json == {"uploads": []}


def test_a_new_session_finds_what_is_safe(app: Any, client_as: Any, people: Any, case: Any) -> None:
    upload = begin(client_as(people["ada"]), case).json

    found = client_as(people["ada"]).get(f"/uploads/cases/{case.id}").json["uploads"]

    assert [(one["id"], one["name"], one["modified"]) for one in found] == [
        (upload["id"], "agreement.pdf", 7)
    ]


def test_the_same_key_is_the_same_upload(ada: Any, case: Any) -> None:
    key = uuid4().hex

    assert begin(ada, case, key=key).json["id"] == begin(ada, case, key=key).json["id"]


def test_parts_that_are_missing_are_named(ada: Any, case: Any) -> None:
    upload = begin(ada, case).json

    answer = ada.post(
        f"/uploads/{upload['id']}/complete",
        json={"sha256": "a" * 64, "checksums": [checksum(BODY)]},
    )

    assert (answer.status_code, answer.json["code"], answer.json["missing"]) == (
        409, "parts_missing", [1],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"size": 0}, "is empty"), ({"size": 6_200_000_000}, "is larger than"),
        ({"name": "beat.flp"}, "We cannot open .flp files. Put it in a ZIP and add it again."),
        ({"name": "setup.exe"}, "We cannot take programs"), ({"size": True}, "is empty"),
        ({"size": "12"}, "is empty"), ({"size": -4}, "is empty"), ({"size": 10**30}, "is empty"),
    ],
)  # fmt: skip
def test_a_refusal_says_why_and_what_to_do(ada: Any, case: Any, changes: Any, words: str) -> None:
    answer = begin(ada, case, **changes)

    assert answer.status_code == 422
    assert words in answer.json["message"]


@pytest.mark.parametrize(
    "body", ["", "[]", "nonsense", '{"parts": 3}', '{"parts": [{"number": "1"}]}']
)
def test_odd_bodies_sign_and_complete_nothing(ada: Any, case: Any, body: str) -> None:
    upload = begin(ada, case).json

    for step in ("parts", "complete"):
        answer = ada.post(
            f"/uploads/{upload['id']}/{step}", data=body, content_type="application/json"
        )
        assert answer.status_code in {200, 422}
        assert not answer.json.get("parts")
    assert ada.get(f"/uploads/{upload['id']}").json["state"] == "open"


def test_a_changed_file_is_refused_in_words(app: Any, ada: Any, case: Any, run_jobs: Any) -> None:
    upload = begin(ada, case).json
    send_json = {"sha256": "a" * 64, "checksums": [checksum(BODY)]}
    wanted = [{"number": 1, "checksum": checksum(BODY)}]
    (signed,) = ada.post(f"/uploads/{upload['id']}/parts", json={"parts": wanted}).json["parts"]
    put_part(app.extensions["redress"].storage, signed["url"], BODY, signed["headers"])
    ada.post(f"/uploads/{upload['id']}/complete", json=send_json)
    run_jobs()

    (shown,) = ada.get(f"/uploads/cases/{case.id}").json["uploads"]
    assert shown["state"] == "refused"
    assert "it changed meanwhile" in shown["message"]
    assert ada.post(f"/uploads/{upload['id']}/abort", json={}).json["state"] == "aborted"
    assert ada.get(f"/uploads/cases/{case.id}").json == {"uploads": []}


def test_without_the_token_nothing_begins(app: Any, ada: Any, case: Any, tx_as: Any) -> None:
    del ada.environ_base["HTTP_X_CSRFTOKEN"]

    assert begin(ada, case).status_code == 403
    with tx_as(Actor.system("test")) as tx:
        assert tx.execute(text("select count(*) from evidence_upload")).scalar_one() == 0


def test_b144_the_other_side_learns_nothing_of_an_upload(
    client_as: Any, people: Any, ada: Any, case: Any
) -> None:
    cy = client_as(people["cy"])
    before = cy.get(f"/uploads/cases/{case.id}").get_data()
    upload = begin(ada, case).json

    assert cy.get(f"/uploads/cases/{case.id}").get_data() == before
    unknown = cy.get(f"/uploads/{uuid4()}")
    foreign = cy.get(f"/uploads/{upload['id']}")
    assert (foreign.status_code, foreign.get_data()) == (404, unknown.get_data())


def test_pages_may_talk_to_the_store_and_to_nobody_else(app: Any, ada: Any, case: Any) -> None:
    endpoint = app.extensions["redress"].settings.s3_endpoint

    rule = ada.get(f"/cases/{case.ref}").headers["Content-Security-Policy"]

    connect = next(part for part in rule.split("; ") if part.startswith("connect-src"))
    assert connect == f"connect-src 'self' {endpoint}"


def test_the_rate_of_uploads_is_limited(ada: Any, case: Any) -> None:
    answers = [begin(ada, case, size=0).status_code for _ in range(61)]

    assert answers[-1] == 429
    assert set(answers[:60]) == {422}
