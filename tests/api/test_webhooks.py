"""Webhooks by program: made with a secret shown once, tested, read, sent again, removed; nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from standardwebhooks import Webhook

from app.accounts.rules import Scope
from app.infra.clock import SystemClock
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from tests.factories.accounts import make_person, make_token
from tests.factories.webhooks import calling_loopback
from tests.support.receiver import Receiver, receiving

API = "/api/v1/webhooks"
KINDS = ["case.moved", "message.sent"]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(SystemClock().now())


@pytest.fixture
def receiver(app: Any) -> Iterator[Receiver]:
    with receiving() as found, calling_loopback(app):
        yield found


@pytest.fixture
def ada(app: Any, clock: FixedClock, monkeypatch: Any) -> Any:
    monkeypatch.setattr("tests.factories.accounts.NOON", clock.now())
    return make_person("ada")


def test_a_program_makes_tests_reads_and_removes_one(
    ada: Any, program: Any, receiver: Receiver, run_jobs: Any
) -> None:
    client = program(ada)

    made = client.post(API, json={"url": receiver.url, "kinds": KINDS})
    path = f"{API}/{made.json['id']}"
    tested = client.post(f"{path}/test")
    run_jobs()

    assert (made.status_code, tested.status_code) == (201, 202)
    (call,) = receiver.heard
    Webhook(made.json["secret"]).verify(call.body, call.headers)
    (row,) = client.get(API).json["items"]
    assert (row["url"], row["kinds"], row["state"]) == (receiver.url, KINDS, "on")
    assert "secret" not in client.get(path).text
    (sent,) = client.get(f"{path}/deliveries").json["items"]
    assert (sent["kind"], sent["state"], sent["webhook_id"]) == (
        "ping", "delivered", call.headers["webhook-id"],
    )  # fmt: skip
    assert [one["status"] for one in sent["attempts"]] == [204]
    assert client.delete(path).status_code == 200
    assert client.get(path).status_code == 404
    assert client.get(API).json["items"] == []


def test_a_rotated_secret_signs_beside_the_one_before(
    ada: Any, program: Any, receiver: Receiver, run_jobs: Any
) -> None:
    client = program(ada)
    made = client.post(API, json={"url": receiver.url, "kinds": KINDS}).json

    newer = client.post(f"{API}/{made['id']}/secret")
    client.post(f"{API}/{made['id']}/test")
    run_jobs()

    assert newer.status_code == 201
    for secret in (made["secret"], newer.json["secret"]):
        Webhook(secret).verify(receiver.heard[0].body, receiver.heard[0].headers)


def test_one_is_sent_again_and_everything_that_failed(
    ada: Any, program: Any, receiver: Receiver, run_jobs: Any, clock: FixedClock
) -> None:
    client = program(ada)
    made = client.post(API, json={"url": receiver.url, "kinds": KINDS}).json
    client.post(f"{API}/{made['id']}/test")
    run_jobs()
    (sent,) = client.get(f"{API}/{made['id']}/deliveries").json["items"]

    again = client.post(f"{API}/deliveries/{sent['id']}/replay")
    run_jobs()
    none = client.post(f"{API}/{made['id']}/replay", json={"failed_since": "2026-01-01T00:00:00Z"})
    naive = client.post(f"{API}/{made['id']}/replay", json={"failed_since": "2026-01-01T00:00:00"})

    assert again.status_code == none.status_code == 202
    assert none.json == {"queued": 0}
    assert naive.status_code == 422
    assert naive.json["errors"][0]["field"] == "failed_since"
    assert len(set(receiver.ids())) == 1
    assert len(receiver.heard) == 2


def test_b161_a_change_names_what_was_read(ada: Any, program: Any) -> None:
    client = program(ada)
    made = client.post(API, json={"url": "https://example.com/", "kinds": KINDS}).json
    path, body = f"{API}/{made['id']}", {"url": "https://example.com/2", "kinds": KINDS[:1]}
    tag = client.get(path).headers["ETag"]

    blind = client.put(path, json=body)
    changed = client.put(path, json=body, headers={"If-Match": tag})
    late = client.put(path, json=body, headers={"If-Match": tag})

    assert [one.status_code for one in (blind, changed, late)] == [428, 200, 412]
    assert (changed.json["url"], changed.json["kinds"]) == (body["url"], KINDS[:1])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "https://10.0.0.1/", "kinds": KINDS}, "url"),
        ({"url": "http://example.com/", "kinds": KINDS}, "url"),
        ({"url": "https://example.com/", "kinds": ["ping"]}, "kinds"),
        ({"url": "https://example.com/", "kinds": ["what.is"]}, "kinds"),
        ({"url": "https://example.com/", "kinds": []}, "kinds"),
        ({"url": "https://example.com/", "kinds": KINDS, "secret": "whsec_x"}, "secret"),
    ],
)
def test_b167_bad_input_names_the_field(
    ada: Any, program: Any, body: dict[str, Any], field: str
) -> None:
    answer = program(ada).post(API, json=body)

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json["errors"]] == [field]


def test_b173_foreign_and_unknown_are_the_same_nothing(ada: Any, program: Any) -> None:
    made = program(ada).post(API, json={"url": "https://example.com/", "kinds": KINDS}).json
    client = program(make_person("bo"))

    for what, method in (("", "get"), ("", "delete"), ("/test", "post"), ("/secret", "post"), ("/deliveries", "get")):  # fmt: skip
        call = getattr(client, method)
        foreign, unknown = call(f"{API}/{made['id']}{what}"), call(f"{API}/{uuid4()}{what}")
        assert (foreign.status_code, foreign.text) == (404, unknown.text)
    assert client.get(API).json["items"] == []


def test_the_secret_is_kept_with_no_key_of_a_call(ada: Any, program: Any) -> None:
    made = program(ada).post(
        API,
        json={"url": "https://example.com/", "kinds": KINDS},
        headers={"Idempotency-Key": "make-it-once"},
    )

    assert made.status_code == 201
    with transaction(Actor.system("test")) as tx:
        kept = tx.execute(text("select coalesce(string_agg(body, ''), '') from idempotency_key"))
        assert made.json["secret"] not in kept.scalar_one()


@pytest.mark.parametrize("key", ["adi", "aud"])
def test_who_sees_no_case_by_role_makes_none(program: Any, key: str) -> None:
    answer = program(make_person(key)).post(API, json={"url": "https://e.com/", "kinds": KINDS})

    assert (answer.status_code, answer.json["code"]) == (403, "permission")


def test_scopes_are_asked_for(ada: Any, program: Any) -> None:
    reader = program(ada, Scope.WEBHOOKS_READ)

    assert reader.get(API).status_code == 200
    assert reader.post(API, json={"url": "https://e.com/", "kinds": KINDS}).json["code"] == "scope"
    assert make_token(ada).secret
