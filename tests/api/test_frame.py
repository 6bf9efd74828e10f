"""What every call has: problems from the one error table, cursors, marks, ids, the document."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from app.api import cases
from app.api.shapes.frame import Body, Query, Shown
from app.cases.commands import AssignCase
from app.cases.service.people import assign
from app.infra.db.transaction import transaction
from app.kernel.errors import Invalid, InvalidMany, Refused, Stale, TooMany, Unavailable
from tests.factories.accounts import make_person
from tests.factories.cases import make_case, make_draft

CASES = "/api/v1/cases"
PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("error", "status", "more"),
    [
        (Invalid("title", "too_long", "Shorter."), 422, {"errors": [{"field": "title", "code": "too_long", "message": "Shorter."}]}),
        (InvalidMany([Invalid("a", "x", "A."), Invalid("b", "y", "B.")]), 422,
         {"errors": [{"field": "a", "code": "x", "message": "A."}, {"field": "b", "code": "y", "message": "B."}]}),
        (Refused("not_now", "Not now.", ["withdraw"]), 409, {"allowed": ["withdraw"], "code": "not_now"}),
        (Stale("Changed."), 412, {"code": "stale"}),
        (TooMany("Slowly.", 7), 429, {"code": "too_many"}),
        (Unavailable("s3"), 503, {"code": "unavailable"}),
        (OperationalError("select", {}, Exception("gone")), 503, {"code": "unavailable"}),
        (ZeroDivisionError("quiet words"), 500, {"code": "error"}),
    ],
)  # fmt: skip
def test_every_error_is_a_problem_with_its_status(
    program: Any, monkeypatch: Any, error: Exception, status: int, more: dict[str, Any]
) -> None:
    client = program(make_person("ada"))

    def fails(*_args: Any) -> None:
        raise error

    monkeypatch.setattr(cases, "case_by_ref", fails)
    answer = client.get(f"{CASES}/RD-7K4M-29QX")

    assert (answer.status_code, answer.mimetype) == (status, PROBLEM)
    assert more.items() <= answer.json.items()
    assert answer.json["type"] == f"urn:redress:problem:{answer.json['code']}"
    assert "quiet words" not in answer.text
    assert ("Retry-After" in answer.headers) == (status in {429, 503})


def test_unknown_addresses_and_methods_are_problems_too(app: Any) -> None:
    client = app.test_client()

    missing = client.get("/api/v1/what")
    posted = client.post("/api/v1/what", json={})
    other = client.delete("/api/v1/openapi.json")

    assert (missing.status_code, posted.status_code, other.status_code) == (404, 404, 405)
    assert {missing.mimetype, posted.mimetype, other.mimetype} == {PROBLEM}
    assert "GET" in other.headers["Allow"]
    assert all(len(one.headers["X-Request-Id"]) == 16 for one in (missing, posted, other))


def test_each_call_has_an_id_of_its_own(program: Any) -> None:
    client = program(make_person("ada"))

    first, second = (client.get(CASES).headers["X-Request-Id"] for _ in range(2))

    assert first != second


def test_b163_a_cursor_is_good_for_its_list_filter_and_reader_only(program: Any) -> None:
    ada, cy = make_person("ada"), make_person("cy")
    for _ in range(21):
        make_draft(ada)
    client = program(ada)

    first = client.get(CASES).json
    cursor = first["next_cursor"]
    second = client.get(CASES, query_string={"cursor": cursor}).json
    wrong = [
        program(cy).get(CASES, query_string={"cursor": cursor}),
        client.get(CASES, query_string={"cursor": cursor, "q": "other"}),
        client.get(CASES, query_string={"cursor": "A" + cursor}),
        client.get(CASES, query_string={"cursor": cursor[:-1]}),
        client.get(CASES, query_string={"cursor": "x"}),
    ]

    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (20, 1, None)
    assert {one["draft_id"] for one in first["items"]}.isdisjoint(
        {one["draft_id"] for one in second["items"]}
    )
    assert {(one.status_code, one.mimetype) for one in wrong} == {(400, PROBLEM)}


@pytest.mark.parametrize(
    ("query", "field"),
    [("state=nothing", "state"), ("what=1", "what"), ("state=review&state=triage", "state"), ("q=%00", "body"),
     ("q=" + "x" * 201, "q")],
)  # fmt: skip
def test_b011_b013_a_query_that_nobody_knows_is_422_and_named(
    program: Any, query: str, field: str
) -> None:
    answer = program(make_person("rio")).get(f"{CASES}?{query}")

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json["errors"]] == [field]


def test_what_somebody_has_already_is_304(program: Any) -> None:
    ada = make_person("ada")
    client, path = program(ada), f"{CASES}/{make_case(ada).ref}"

    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")


def test_b144_the_mark_of_a_case_does_not_tell_what_the_desk_does(app: Any, program: Any) -> None:
    ada, rio = make_person("ada"), make_person("rio")
    case = make_case(ada)
    client, staff, path = program(ada), program(rio), f"{CASES}/{case.ref}"
    before, before_staff = client.get(path), staff.get(path)
    clock = app.extensions["redress"].clock
    clock.advance(timedelta(minutes=5))
    with transaction(rio.actor) as tx:
        assign(
            tx, AssignCase(case.id, rio.id, before_staff.json["desk"]["version"]), rio.actor, clock
        )

    assert client.get(path).headers["ETag"] == before.headers["ETag"]
    assert staff.get(path).headers["ETag"] != before_staff.headers["ETag"]


def test_the_document_is_openapi_with_an_example_and_refusals_for_each_call(app: Any) -> None:
    found = app.test_client().get("/api/v1/openapi.json").json
    calls = [call for path in found["paths"].values() for call in path.values()]

    lacking = [call["operationId"] for call in calls if not _is_complete(call)]

    assert found["openapi"] == "3.1.0"
    assert calls
    assert lacking == []
    assert len({call["operationId"] for call in calls}) == len(calls)


def _is_complete(call: dict[str, Any]) -> bool:
    refusals = {"400", "401", "403", "404", "422", "429"} <= call["responses"].keys()
    problems = all(
        list(answer["content"]) == [PROBLEM]
        for status, answer in call["responses"].items()
        if status >= "400"
    )
    return refusals and problems and bool(call["security"][0]["bearer"]) and bool(call["summary"])


def test_every_model_that_is_sent_or_answered_has_an_example_that_fits(app: Any) -> None:
    schemas = app.test_client().get("/api/v1/openapi.json").json
    used = set()
    for path in schemas["paths"].values():
        for call in path.values():
            bodies = [call.get("requestBody", {}), *call["responses"].values()]
            for body in bodies:
                for media in body.get("content", {}).values():
                    if "$ref" in media.get("schema", {}):
                        used.add(media["schema"]["$ref"].rpartition("/")[2])

    without = [name for name in used if "example" not in schemas["components"]["schemas"][name]]
    unfit = [name for name in used - set(without) if not _fits(name, schemas)]

    assert (without, unfit) == ([], [])


def test_no_two_things_share_a_name_in_the_document(app: Any) -> None:
    known: dict[str, Any] = {}
    twice = []

    for model in _below(Body, Query, Shown):
        found = model.model_json_schema(mode="serialization")
        parts = found.pop("$defs", {}) | {model.__name__: found}
        twice += [name for name, part in parts.items() if known.setdefault(name, part) != part]

    assert twice == []


def _fits(name: str, document: dict[str, Any]) -> bool:
    model = next(one for one in _below(Body, Query, Shown) if one.__name__ == name)
    model.model_validate_json(json.dumps(document["components"]["schemas"][name]["example"]))
    return True


def _below(*bases: Any) -> list[Any]:
    return [one for base in bases for sub in base.__subclasses__() for one in [sub, *_below(sub)]]
