"""U1 for parties: link or code by e-mail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.factories.accounts import make_person, trust
from tests.web.account.pages import mailed, scrub, token_of


def ask(client: Any, email: str) -> Any:
    """Fill in the first page."""
    token = token_of(client.get("/signin"))
    return client.post("/signin", data={"csrf_token": token, "email": email})


def enter(client: Any, code: str) -> Any:
    """Fill in the second page."""
    token = token_of(client.get("/signin/code"))
    return client.post("/signin/code", data={"csrf_token": token, "code": code})


def test_code_signs_an_artist_in(app: Any, client_as: Any, run_jobs: Any) -> None:
    make_person("ada")
    client = trust(client_as(None))

    sent = ask(client, " ADA@example.com ")
    run_jobs()
    answer = enter(client, mailed(app).code)

    assert sent.status_code == 303
    assert answer.status_code == 303
    assert answer.location == "/cases"
    assert client.get("/me").status_code == 200


def test_session_gets_a_new_reference_at_sign_in(app: Any, client_as: Any, run_jobs: Any) -> None:
    make_person("ada")
    client = trust(client_as(None))
    ask(client, "ada@example.com")
    before = client.get_cookie("redress").value
    run_jobs()

    enter(client, mailed(app).code)

    assert client.get_cookie("redress").value != before
    old = app.test_client()
    old.set_cookie("redress", before)
    assert old.get("/me").status_code == 303


def test_code_works_once_and_for_fifteen_minutes(
    app: Any, client_as: Any, run_jobs: Any, clock: Any
) -> None:
    make_person("ada")
    first, second = trust(client_as(None)), trust(client_as(None))
    ask(first, "ada@example.com")
    run_jobs()
    code = mailed(app).code
    enter(first, code)
    ask(second, "ada@example.com")
    run_jobs()
    late = mailed(app).code
    clock.advance(timedelta(minutes=15))

    assert enter(second, code).status_code == 422
    assert enter(second, late).status_code == 422


def test_five_wrong_tries_end_a_code(app: Any, client_as: Any, run_jobs: Any, clock: Any) -> None:
    make_person("ada")
    client = trust(client_as(None))
    ask(client, "ada@example.com")
    run_jobs()
    right = mailed(app).code
    wrong = "000000" if right != "000000" else "111111"

    tries = [enter(client, wrong).status_code for _ in range(5)]
    clock.advance(timedelta(minutes=5))

    assert tries == [422] * 5
    assert enter(client, right).status_code == 422


def test_link_page_has_a_button_and_opening_it_uses_nothing_up(
    app: Any, client_as: Any, run_jobs: Any
) -> None:
    make_person("ada")
    client = trust(client_as(None))
    ask(client, "ada@example.com")
    run_jobs()
    path = f"/signin/link/{mailed(app).token}"
    scanner = app.test_client()
    scanner.get(path)
    other = trust(app.test_client())

    token = token_of(other.get(path))
    answer = other.post(path, data={"csrf_token": token})

    assert answer.status_code == 303
    assert other.get("/me").status_code == 200
    assert other.post(path, data={"csrf_token": token_of(other.get(path))}).status_code == 410


def test_b153_unknown_staff_and_known_addresses_get_equal_bytes(
    app: Any, client_as: Any, run_jobs: Any
) -> None:
    make_person("ada")
    make_person("dee")
    pages = []

    for email in ("ada@example.com", "dee@example.com", "nobody@example.com"):
        client = trust(client_as(None))
        sent = ask(client, email)
        run_jobs()
        after = client.get("/signin/code")
        wrong = enter(client, "000000")
        pages.append(
            [(r.status_code, r.headers.get("Location"), scrub(r)) for r in (sent, after, wrong)]
        )

    assert pages[0] == pages[1] == pages[2]


def test_staff_get_no_code_by_mail(app: Any, client_as: Any, run_jobs: Any) -> None:
    make_person("dee")
    client = trust(client_as(None))

    ask(client, "dee@example.com")
    run_jobs()

    assert mailed(app) is None


def test_b016_mails_per_address_are_limited_with_retry_after(
    app: Any, client_as: Any, run_jobs: Any
) -> None:
    make_person("ada")
    answers = [ask(trust(client_as(None)), "ada@example.com") for _ in range(6)]
    run_jobs()

    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert int(answers[5].headers["Retry-After"]) > 0
    assert ask(trust(client_as(None)), "bo@example.com").status_code == 303


def test_next_leads_only_to_our_own_pages(app: Any, client_as: Any, run_jobs: Any) -> None:
    make_person("ada")
    client = trust(client_as(None))
    token = token_of(client.get("/signin?next=https://evil.example/"))
    client.post(
        "/signin", data={"csrf_token": token, "email": "ada@example.com", "next": "//evil.example"}
    )
    run_jobs()

    answer = enter(client, mailed(app).code)

    assert answer.location == "/cases"
