"""One's own tokens for the API: shown once, listed without their text, taken back, nobody else's."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.factories.accounts import bearer_client, make_person, make_token
from tests.web.desk.pages import statements

FORM = {"name": "Nightly report", "scopes": ["cases:read", "letters:read"], "days": "30"}


@pytest.mark.parametrize("key", ["ada", "rio", "adi", "aud"])
def test_a_token_is_shown_once_and_works(app: Any, client_as: Any, key: str) -> None:
    client = client_as(make_person(key))

    made = client.post("/me/tokens", data=FORM)
    listed = client.get("/me/tokens")
    secret = re.search(r"<code[^>]*>(rdt_[\w-]{43})</code>", made.text)

    assert made.status_code == 200
    assert secret
    assert secret[1] not in listed.text
    assert secret[1][:12] in listed.text
    assert "Nightly report" in listed.text
    assert bearer_client(app, secret[1]).get("/api/v1/cases").status_code in {200, 403}


def test_what_is_wrong_is_said_at_its_field(client_as: Any) -> None:
    client = client_as(make_person("ada"))

    answer = client.post("/me/tokens", data={"name": "", "days": "12"})

    assert answer.status_code == 422
    assert "Enter a name." in answer.text
    assert "Choose at least one." in answer.text


def test_making_one_needs_a_fresh_proof(client_as: Any, clock: Any) -> None:
    client = client_as(make_person("ada"))
    clock.advance(timedelta(minutes=6))

    answer = client.post("/me/tokens", data=FORM)

    assert answer.location.startswith("/reauth")


def test_taken_back_is_over_at_once(app: Any, client_as: Any) -> None:
    ada = make_person("ada")
    token, client = make_token(ada), client_as(ada)
    program = bearer_client(app, token.secret)
    before = program.get("/api/v1/cases").status_code

    answer = client.post(f"/me/tokens/{token.id}/revoke")

    assert (before, answer.status_code, program.get("/api/v1/cases").status_code) == (200, 303, 401)
    assert token.secret[:12] not in client.get("/me/tokens").text


def test_a_foreign_token_and_none_look_the_same(client_as: Any) -> None:
    token, client = make_token(make_person("cy")), client_as(make_person("ada"))

    foreign = client.post(f"/me/tokens/{token.id}/revoke")
    unknown = client.post(f"/me/tokens/{uuid4()}/revoke")

    assert (foreign.status_code, unknown.status_code) == (404, 404)


def test_the_page_takes_few_statements(client_as: Any) -> None:
    ada = make_person("ada")
    for _ in range(5):
        make_token(ada)

    with statements() as seen:
        client_as(ada).get("/me/tokens")

    assert len(seen) <= 12
