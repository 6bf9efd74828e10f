"""Form tokens, origins, headers, methods and hosts (B141, B164, B166, DECISIONS 9 and 10)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.factories.accounts import make_person, trust

PROFILE = {"name": "Ada", "locale": "en", "zone": "UTC", "theme": "dark", "version": "1"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({}, 403),
    ],
)
def test_forms_are_taken_from_our_own_origin_only(
    client_as: Any, headers: dict[str, str], status: int
) -> None:
    client = client_as(make_person("ada"))
    del client.environ_base["HTTP_SEC_FETCH_SITE"]

    assert client.post("/me", data=PROFILE, headers=headers).status_code == status


@pytest.mark.parametrize("token", [None, "", "x", "IjEi.x.y"])
def test_form_without_its_token_changes_nothing(client_as: Any, token: str | None) -> None:
    client = client_as(make_person("ada"))
    del client.environ_base["HTTP_X_CSRFTOKEN"]
    data = PROFILE | ({"csrf_token": token} if token is not None else {})

    answer = client.post("/me", data=data)

    assert answer.status_code == 403
    assert client.get("/me").get_data(as_text=True).count('value="Ada Amberg"') == 1


def test_token_of_another_session_is_refused(client_as: Any) -> None:
    ada, cy = client_as(make_person("ada")), client_as(make_person("cy"))
    ada.environ_base["HTTP_X_CSRFTOKEN"] = cy.environ_base["HTTP_X_CSRFTOKEN"]

    assert ada.post("/me", data=PROFILE).status_code == 403


def test_each_session_has_a_token_of_its_own_that_stays(client_as: Any) -> None:
    ada, cy = client_as(make_person("ada")), client_as(make_person("cy"))

    found = [_token_in(one.get("/me")) for one in (ada, cy, ada)]
    assert found[0] == found[2] != found[1]

    cy.environ_base["HTTP_X_CSRFTOKEN"] = found[0]
    assert cy.post("/me", data=PROFILE).status_code == 403
    ada.environ_base["HTTP_X_CSRFTOKEN"] = found[0]
    assert ada.post("/me", data=PROFILE).status_code == 303


def _token_in(page: Any) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))
    assert found
    return found[1]


@pytest.mark.parametrize(
    "path", ["/signin", "/me", "/nothing-here", "/livez", "/static/nothing.css"]
)
def test_headers_stand_on_every_answer(client_as: Any, path: str) -> None:
    answer = trust(client_as(None)).get(path)

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_b141_anonymous_pages_lead_to_sign_in_and_fragments_say_401(client_as: Any) -> None:
    client = trust(client_as(None))

    page = client.get("/me/sessions?x=1")
    fragment = client.get(
        "/me/sessions", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/me?y=2"}
    )

    assert page.location == "/signin?next=/me/sessions%3Fx%3D1"
    assert fragment.status_code == 401
    assert fragment.headers["HX-Redirect"] == "/signin?next=/me%3Fy%3D2"


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE", "FOO"])
def test_b164_other_methods_are_405(client_as: Any, method: str) -> None:
    client = client_as(make_person("ada"))

    assert client.open("/me", method=method).status_code == 405
    assert client.get("/signout", headers={"X-HTTP-Method-Override": "POST"}).status_code == 405


def test_b166_unknown_hosts_are_400_and_forwarded_names_ignored(client_as: Any) -> None:
    client = trust(client_as(None))
    spoofed = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}

    assert client.get("/signin", headers={"Host": "evil.example"}).status_code == 400
    assert "evil.example" not in client.get("/signin", headers=spoofed).get_data(as_text=True)


def test_spoofed_forwarded_address_buys_no_tries(app: Any, client_as: Any) -> None:
    client = trust(client_as(None))

    answers = [
        client.get(f"/invitation/none{n}", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code
        for n in range(21)
    ]

    assert answers == [410] * 20 + [429]


def test_policy_reports_are_counted_without_identifiers(app: Any, client_as: Any) -> None:
    from sqlalchemy import text

    from app.infra.db.transaction import transaction
    from app.kernel.actor import Actor

    body = {
        "csp-report": {
            "effective-directive": "script-src",
            "blocked-uri": "https://evil.example/x?token=1",
            "document-uri": "http://localhost/cases/RD-7K4M-29QX?secret=1",
        }
    }
    client = client_as(None)

    answers = [client.post("/csp-report", json=body).status_code for _ in range(2)]
    odd = [
        client.post("/csp-report", data=raw).status_code for raw in (b"[1]", b"null", b"{", b"\xff")
    ]

    assert answers == [204, 204]
    assert odd == [204] * 4
    with transaction(Actor.system("test")) as tx:
        rows = [
            tuple(row)
            for row in tx.execute(text("select directive, blocked, page, times from csp_report"))
        ]
    assert rows == [("script-src", "https://evil.example", "/cases/…", 2)]
