"""A program files a case, sends evidence, writes, answers, makes transitions: the same services as the pages."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.accounts.rules import Scope
from app.cases.commands import WallOff
from app.cases.rules.kinds import SubKind
from app.cases.service.people import wall_off_person
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from tests.factories.accounts import (
    NOON,
    bearer_client,
    make_delegation,
    make_person,
    make_token,
)
from tests.factories.cases import make_case, sample_answers
from tests.factories.evidence import make_item
from tests.support.parts import checksum, put_part

SYSTEM = Actor.system("test")
API = "/api/v1"
START = {"sub_kind": "missing_earnings", "zone": "Europe/Lisbon"}


def counted(table: str) -> int:
    with transaction(SYSTEM) as tx:
        return int(tx.execute(text(f'select count(*) from "{table}"')).scalar_one())


def started(client: Any, **changes: Any) -> Any:
    return client.post(f"{API}/drafts", json=START | changes)


def saved(client: Any, draft: Any, answers: dict[str, str]) -> Any:
    path = f"{API}/drafts/{draft.json['id']}"
    return client.patch(
        path, json={"answers": answers}, headers={"If-Match": draft.headers["ETag"]}
    )


def filed(client: Any, draft: Any, **headers: str) -> Any:
    body = {"statements": [one["code"] for one in draft.json["statements"]], "capacity": "owner"}
    path = f"{API}/drafts/{draft.json['id']}/submit"
    return client.post(path, json=body, headers={"If-Match": draft.headers["ETag"], **headers})


def test_a_draft_is_started_answered_and_filed(program: Any) -> None:
    client = program(make_person("ada"))

    draft = started(client)
    complete = saved(client, draft, sample_answers(SubKind.MISSING_EARNINGS))
    case = filed(client, complete)
    shown = client.get(case.headers["Location"])
    with transaction(SYSTEM) as tx:
        channel = tx.execute(text('select channel from "case"')).scalar_one()

    assert (draft.status_code, complete.status_code, case.status_code) == (201, 200, 201)
    assert draft.headers["Location"] == f"{API}/drafts/{draft.json['id']}"
    assert "subject_title" in draft.json["missing"]
    assert complete.json["missing"] == []
    assert case.headers["Location"] == f"{API}/cases/{case.json['ref']}"
    assert (shown.json, shown.headers["ETag"]) == (case.json, case.headers["ETag"])
    assert shown.json["disputed_amount"] in {"120.5", None}
    assert channel == "api"


def test_what_is_missing_or_wrong_is_named(program: Any) -> None:
    client = program(make_person("ada"))
    draft = started(client)

    wrong = saved(client, draft, {"isrc": "not one", "what": "is this"})
    early = filed(client, draft)
    unsigned = client.post(
        f"{API}/drafts/{draft.json['id']}/submit",
        json={},
        headers={"If-Match": draft.headers["ETag"]},
    )

    assert wrong.status_code == 422
    assert {one["field"] for one in wrong.json["errors"]} == {"isrc", "what"}
    assert (early.status_code, early.json["code"]) == (409, "fields_missing")
    assert unsigned.status_code == 409


def test_b161_a_change_needs_what_was_read(program: Any) -> None:
    client = program(make_person("ada"))
    draft = started(client)
    path = f"{API}/drafts/{draft.json['id']}"
    body = {"answers": {"subject_title": "Low Tide"}}

    without = client.patch(path, json=body)
    starred = client.patch(path, json=body, headers={"If-Match": "*"})
    first = client.patch(path, json=body, headers={"If-Match": draft.headers["ETag"]})
    old = client.patch(
        path,
        json={"answers": {"subject_title": "High Tide"}},
        headers={"If-Match": draft.headers["ETag"]},
    )

    assert [one.status_code for one in (without, starred, first, old)] == [428, 428, 200, 412]
    assert client.get(path).json["answers"]["subject_title"] == "Low Tide"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"sub_kind": "nothing"}, "sub_kind"), ({}, "sub_kind"), (START | {"role": "admin"}, "role"),
        (START | {"country": "Portugal"}, "country"), (START | {"zone": 7}, "zone"), (START | {"zone": "Mars/One"}, "zone"),
        (START | {"for_person": "me"}, "for_person"), (START | {"language": True}, "language"),
    ],
)  # fmt: skip
def test_b011_a_body_that_cannot_be_used_is_422_and_makes_nothing(
    program: Any, body: Any, field: str
) -> None:
    answer = program(make_person("ada")).post(f"{API}/drafts", json=body)

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json["errors"]] == [field]
    assert counted("case") == 0


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"{", "application/json", 400), (b"", "application/json", 400), (b"\xff", "application/json", 400),
        (b'{"sub_kind": "other", "sub_kind": "share"}', "application/json", 400), (b'{"a": ' * 10_000, "application/json", 400),
        (b'"' + b"x" * 3_000_000 + b'"', "application/json", 413), (b"[" * 100_000, "application/json", 400), (b"[]", "application/json", 422), (b"null", "application/json", 422),
        (b"sub_kind=other", "application/x-www-form-urlencoded", 415), (b"{}", "text/plain", 415),
    ],
)  # fmt: skip
def test_b156_a_body_that_is_no_json_object_is_refused(
    program: Any, data: bytes, kind: str, status: int
) -> None:
    answer = program(make_person("ada")).post(f"{API}/drafts", data=data, content_type=kind)

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


@pytest.mark.parametrize(
    ("size", "status"),
    [(3, 201), (3.0, 201), (3.5, 422), (True, 422), ("3", 422), (0, 422), (-1, 422), (2**63, 422), (1e300, 422), (None, 422)],
)  # fmt: skip
def test_b157_b158_an_integer_is_one(program: Any, size: Any, status: int) -> None:
    ada = make_person("ada")
    body = {"filename": "a.txt", "size": size}

    answer = program(ada).post(f"{API}/cases/{make_case(ada).ref}/uploads", json=body)

    assert answer.status_code == status
    assert status == 201 or [one["field"] for one in answer.json["errors"]] == ["size"]


def test_b143_a_foreign_file_or_case_in_a_body_is_none(program: Any) -> None:
    ada, cy, rio, rae = (make_person(key) for key in ("ada", "cy", "rio", "rae"))
    mine, theirs = make_case(ada), make_case(cy)
    item = make_item(cy.actor, theirs.id).id
    assert transition(program(rio), mine.ref, event="take").status_code == 200
    asked = transition(
        program(rio), mine.ref, event="ask_complainant", reason="One.", items=[{"title": "A page"}]
    )
    assert asked.status_code == 200, asked.json
    with transaction(SYSTEM) as tx:
        wall_off_person(tx, WallOff(theirs.id, rae.id, "cousin"), SYSTEM, FixedClock(NOON))

    answer = f"{API}/cases/{mine.ref}/requests/1/items/1/answer"
    given, none = (
        program(ada).post(answer, json={"evidence": [str(one)]}) for one in (item, uuid4())
    )
    linked = transition(program(rae), mine.ref, event="mark_duplicate", other_case=theirs.ref)
    unknown = transition(program(rae), mine.ref, event="mark_duplicate", other_case="RD-0000-0000")

    assert (given.status_code, given.data) == (404, none.data)
    assert (linked.status_code, linked.json) == (422, unknown.json)


def test_b162_a_key_makes_one_thing_and_repeats_its_answer(program: Any) -> None:
    client = program(make_person("ada"))
    key = {"Idempotency-Key": "file-1"}

    first = client.post(f"{API}/drafts", json=START, headers=key)
    again = client.post(f"{API}/drafts", json=START, headers=key)
    other = client.post(f"{API}/drafts", json=START | {"language": "ja"}, headers=key)
    long = client.post(f"{API}/drafts", json=START, headers={"Idempotency-Key": "k" * 256})

    assert (again.status_code, again.json, again.mimetype) == (201, first.json, "application/json")
    assert (again.headers["Location"], again.headers["ETag"]) == (
        first.headers["Location"],
        first.headers["ETag"],
    )
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json["code"], long.status_code) == (422, "key_reused", 400)
    assert counted("case") == 1


def test_b138_many_at_once_with_one_key_make_one_draft(app: Any) -> None:
    token = make_token(make_person("ada")).secret

    def post(_n: int) -> int:
        client = bearer_client(app, token)
        return int(
            client.post(f"{API}/drafts", json=START, headers={"Idempotency-Key": "one"}).status_code
        )

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(post, range(16)))

    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert counted("case") == 1


def test_keys_of_two_people_do_not_meet(program: Any) -> None:
    clients = [program(make_person(key)) for key in ("ada", "cy")]

    answers = [
        one.post(f"{API}/drafts", json=START, headers={"Idempotency-Key": "same"})
        for one in clients
    ]

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json["id"] != answers[1].json["id"]


def test_a_delegate_files_for_their_principal_and_nobody_else_does(program: Any) -> None:
    ada, bo, cy = (make_person(key) for key in ("ada", "bo", "cy"))
    make_delegation(ada, bo)

    mine = started(program(bo), for_person=str(ada.id))
    foreign = started(program(cy), for_person=str(ada.id))

    assert (mine.status_code, foreign.status_code) == (201, 403)
    assert program(ada).get(mine.headers["Location"]).status_code == 200


def test_a_file_goes_to_the_store_in_signed_parts_and_becomes_evidence(
    app: Any, program: Any, run_jobs: Any
) -> None:
    ada = make_person("ada")
    client, ref = program(ada), make_case(ada).ref
    body = b"Statement of July: nothing."

    begun = client.post(
        f"{API}/cases/{ref}/uploads",
        json={"filename": "july.txt", "type": "text/plain", "size": len(body)},
    )
    upload = begun.headers["Location"]
    signed = client.post(
        f"{upload}/parts", json={"parts": [{"number": 1, "sha256_base64": checksum(body)}]}
    ).json["parts"][0]
    put = put_part(app.extensions["redress"].storage, signed["url"], body, signed["headers"])
    safe = client.get(upload).json["parts_safe"]
    done = client.post(
        f"{upload}/complete",
        json={"sha256": hashlib.sha256(body).hexdigest(), "parts_base64": [checksum(body)]},
    )
    run_jobs()
    after = client.get(upload).json
    listed = client.get(f"{API}/cases/{ref}/evidence").json["items"]
    file = client.get(f"{API}/cases/{ref}/evidence/{after['label']}/file")

    assert (begun.status_code, put, safe, done.json["state"]) == (201, True, [1], "checking")
    assert (after["state"], after["label"]) == ("received", "E1")
    assert [(one["label"], one["filename"], one["is_own"]) for one in listed] == [
        ("E1", "july.txt", True)
    ]
    assert file.data == body
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_a_request_is_answered_and_the_case_goes_on(program: Any) -> None:
    ada, rio = make_person("ada"), make_person("rio")
    ref = make_case(ada).ref
    staff, client = program(rio), program(ada)

    taken = transition(staff, ref, event="take")
    asked = transition(staff, ref, event="ask_complainant", reason="We need one thing.",
                       items=[{"kind": "question", "title": "Which month?"}])  # fmt: skip
    wanted = client.get(f"{API}/cases/{ref}/requests").json["items"][0]
    path = f"{API}/cases/{ref}/requests/{wanted['number']}/items/1/answer"
    empty = client.post(path, json={})
    stale = client.post(path, json={"text": "July.", "version": 9})
    given = client.post(path, json={"text": "July.", "version": wanted["items"][0]["version"]})

    assert (taken.status_code, asked.status_code) == (200, 200)
    assert asked.json["state"] == "waiting_complainant"
    assert [one.status_code for one in (empty, stale, given)] == [422, 412, 201]
    assert given.json["items"][0]["answer"]["text"] == "July."
    assert client.get(f"{API}/cases/{ref}").json["state"] != "waiting_complainant"


def transition(client: Any, ref: str | None, **body: Any) -> Any:
    seen = client.get(f"{API}/cases/{ref}").headers["ETag"]
    return client.post(f"{API}/cases/{ref}/transitions", json=body, headers={"If-Match": seen})


def test_what_is_possible_is_said_with_why_the_rest_is_not(program: Any) -> None:
    ada, rio = make_person("ada"), make_person("rio")
    ref = make_case(ada).ref
    client = program(rio)

    listed = client.get(f"{API}/cases/{ref}/transitions").json
    refused = transition(client, ref, event="close_exchange")
    stale = client.post(
        f"{API}/cases/{ref}/transitions", json={"event": "take"}, headers={"If-Match": '"old"'}
    )

    assert "take" in {one["event"] for one in listed["possible"]}
    assert all(one["why"] for one in listed["not_now"])
    assert refused.status_code == 409
    assert "take" in refused.json["allowed"]
    assert stale.status_code == 412


def test_a_party_withdraws_and_the_desk_reads_it(program: Any) -> None:
    ada, rio = make_person("ada"), make_person("rio")
    ref = make_case(ada).ref

    done = transition(program(ada), ref, event="withdraw", reason="Settled between us.")

    assert (done.status_code, done.json["state"]) == (200, "closed")
    assert program(rio).get(f"{API}/cases/{ref}").json["outcome"] == "withdrawn"


def test_messages_go_where_they_may_and_no_further(program: Any) -> None:
    ada, cy, rio = (make_person(key) for key in ("ada", "cy", "rio"))
    ref = make_case(ada, SubKind.OWNERSHIP, respondent=cy).ref
    clients = {person.key: program(person) for person in (ada, cy, rio)}
    path = f"{API}/cases/{ref}/messages"

    sent = clients["ada"].post(path, json={"to": "desk", "body": "Only the desk."}).status_code
    noted = clients["rio"].post(path, json={"to": "note", "body": "Only us."}).status_code
    both = clients["rio"].post(path, json={"to": "both", "body": "To all."}).status_code
    wrong = clients["ada"].post(path, json={"to": "respondent", "body": "Hey."})
    said = {
        key: {one["body"] for one in client.get(path).json["items"]}
        for key, client in clients.items()
    }

    assert (sent, noted, both, wrong.status_code) == (201, 201, 201, 422)
    assert said == {
        "ada": {"Only the desk.", "To all."}, "cy": {"To all."}, "rio": {"Only the desk.", "Only us.", "To all."},
    }  # fmt: skip


@pytest.mark.parametrize("scope", [Scope.CASES_READ, Scope.EVIDENCE_READ])
def test_b160_reading_scopes_write_nothing(program: Any, scope: Scope) -> None:
    ada = make_person("ada")
    ref = make_case(ada).ref
    client = program(ada, scope)

    answer = client.post(f"{API}/cases/{ref}/messages", json={"to": "desk", "body": "x"})

    assert (answer.status_code, answer.json["code"]) == (403, "scope")
