"""P1: how a case stands, by reference and a code to the address that is written to anyway."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from app.accounts.adapters.vault import keys_from
from app.accounts.service.sealed import open_status_code
from app.infra.db.extension import db
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from tests.factories.accounts import make_person, trust
from tests.factories.cases import make_case
from tests.web.account.pages import scrub, token_of

UNKNOWN = "RD-0000-0000"
SYSTEM = Actor.system("test")


@pytest.fixture
def filed(app: Any) -> Any:
    return make_case(make_person("ada"), respondent=make_person("bo"), subject_title="Secret Song")


def ask(client: Any, ref: str, email: str) -> Any:
    """Fill in the first page."""
    token = token_of(client.get("/status"))
    return client.post("/status", data={"csrf_token": token, "ref": ref, "email": email})


def enter(client: Any, code: str) -> Any:
    """Fill in the second page."""
    token = token_of(client.get("/status/code"))
    return client.post("/status/code", data={"csrf_token": token, "code": code})


def mailed(app: Any) -> str:
    """The newest code that went into a mail, read before it is sent."""
    query = text(
        "select values from outgoing_mail where kind = 'status_code' order by created_at desc"
    )
    with transaction(SYSTEM) as tx:
        row = tx.execute(query).first()
    return (
        open_status_code(keys_from(app.extensions["redress"].settings).links, row[0]["sealed"])
        if row
        else ""
    )


@pytest.fixture
def code_of(app: Any, monkeypatch: Any) -> Any:
    """Runs the job of a request without sending its mail; the code is read from the sealed row."""
    from app.infra import jobs
    from app.workflows import check_status

    def run() -> str:
        services = app.extensions["redress"]
        with transaction(SYSTEM) as tx:
            waiting = tx.execute(
                text(
                    "select args from procrastinate_jobs where task_name = 'status.mail_code' order by id desc limit 1"
                )
            ).scalar_one()
        jobs.run_task(services, "status.mail_code", waiting)
        return mailed(app)

    del check_status, monkeypatch
    return run


def test_a_person_without_an_account_sees_status_and_next_date(
    client_as: Any, filed: Any, code_of: Any
) -> None:
    client = trust(client_as(None))

    sent = ask(client, filed.ref.lower().replace("-", " "), " ADA@example.com ")
    opened = enter(client, code_of())
    page = client.get("/status/case")

    assert (sent.status_code, opened.location) == (303, "/status/case")
    assert "We are working on it" in page.text
    assert "Lisbon time" in page.text
    assert f"/signin?next=/cases/{filed.ref}" in page.text


def test_the_page_shows_nothing_confidential(client_as: Any, filed: Any, code_of: Any) -> None:
    client = trust(client_as(None))
    ask(client, filed.ref, "bo@example.com")

    enter(client, code_of())
    page = client.get("/status/case").text

    for word in ("Secret Song", "Ada", "Bo ", "120.50", "EUR", "ada@", "bo@"):
        assert word not in page


def test_b153_pairs_that_do_not_belong_together_get_equal_bytes(
    client_as: Any, filed: Any, run_jobs: Any
) -> None:
    make_person("cy")
    pairs = [
        (filed.ref, "ada@example.com"), (filed.ref, "cy@example.com"),
        (filed.ref, "nobody@example.com"), (UNKNOWN, "ada@example.com"),
    ]  # fmt: skip
    answers = []

    for ref, email in pairs:
        client = trust(client_as(None))
        sent = ask(client, ref, email)
        run_jobs()
        pages = (
            sent,
            client.get("/status/code"),
            enter(client, "000000"),
            client.get("/status/case"),
        )
        answers.append([(r.status_code, r.headers.get("Location"), scrub(r)) for r in pages])

    assert answers[1:] == answers[:1] * 3


def test_b153_pairs_that_do_not_belong_together_cost_the_same_statements(
    client_as: Any, filed: Any, run_jobs: Any
) -> None:
    asked: list[list[str]] = []

    for ref, email in ((filed.ref, "ada@example.com"), (UNKNOWN, "nobody@example.com")):
        client, seen = trust(client_as(None)), []
        client.get("/status")
        listener = lambda *args, seen=seen: seen.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        ask(client, ref, email)
        enter(client, "000000")
        event.remove(db.engine, "before_cursor_execute", listener)
        run_jobs()
        asked.append(seen)

    assert asked[0] == asked[1]
    assert len(asked[0]) > 5


def test_only_people_who_are_written_to_get_the_mail(
    app: Any, client_as: Any, filed: Any, code_of: Any
) -> None:
    make_person("dee")

    for email in ("dee@example.com", "cy@example.com"):
        ask(trust(client_as(None)), filed.ref, email)
        assert code_of() == ""


def test_code_works_once_and_for_fifteen_minutes(
    client_as: Any, filed: Any, code_of: Any, clock: Any
) -> None:
    first, late = trust(client_as(None)), trust(client_as(None))
    ask(first, filed.ref, "ada@example.com")
    code = code_of()
    assert enter(first, code).location == "/status/case"
    ask(late, filed.ref, "ada@example.com")
    newer = code_of()
    clock.advance(timedelta(minutes=15))

    assert first.get("/status/code").location == "/status"
    assert enter(late, code).status_code == 422
    assert enter(late, newer).status_code == 422


def test_five_tries_end_a_code(client_as: Any, filed: Any, code_of: Any) -> None:
    client = trust(client_as(None))
    ask(client, filed.ref, "ada@example.com")
    right = code_of()
    wrong = "000000" if right != "000000" else "111111"

    tries = [enter(client, wrong).status_code for _ in range(5)]

    assert tries == [422] * 5
    assert enter(client, right).status_code == 429


def test_page_closes_after_half_an_hour_and_when_the_address_is_told_no_more(
    client_as: Any, filed: Any, code_of: Any, clock: Any
) -> None:
    client = trust(client_as(None))
    ask(client, filed.ref, "bo@example.com")
    enter(client, code_of())
    assert client.get("/status/case").status_code == 200

    clock.advance(timedelta(minutes=30))

    assert client.get("/status/case").location == "/status"


def test_b146_status_ends_with_the_membership(
    client_as: Any, filed: Any, code_of: Any, pg: Any
) -> None:
    import psycopg

    client = trust(client_as(None))
    ask(client, filed.ref, "bo@example.com")
    enter(client, code_of())
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("update case_member set revoked_at = added_at where side = 'respondent'")
        admin.execute("update party_contact set email = null where side = 'respondent'")

    answer = client.get("/status/case")
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("update case_member set revoked_at = null")

    assert answer.location == "/status"


def test_b016_mails_for_one_address_are_limited(client_as: Any, filed: Any) -> None:
    answers = [ask(trust(client_as(None)), filed.ref, "ada@example.com") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert int(answers[5].headers["Retry-After"]) > 0


def test_b001_empty_and_wrong_fields_are_named(client_as: Any) -> None:
    client = trust(client_as(None))

    empty, wrong = ask(client, "", ""), ask(client, "RD-7K4M-29QY", "no address")

    assert (empty.status_code, wrong.status_code) == (422, 422)
    assert 'href="#ref"' in empty.text
    assert 'href="#email"' in empty.text
    assert "typing mistake" in wrong.text
    assert "RD-7K4M-29QY" in wrong.text
    assert "name@example.com" in wrong.text


def test_b010_pages_out_of_order_lead_to_the_first(client_as: Any) -> None:
    client = client_as(None)

    assert client.get("/status/code").location == "/status"
    assert client.get("/status/case").location == "/status"


def test_the_mail_carries_code_and_reference(
    app: Any, client_as: Any, filed: Any, run_jobs: Any
) -> None:
    ask(trust(client_as(None)), filed.ref, "ada@example.com")
    run_jobs()

    mail = next(
        m
        for m in app.extensions["redress"].mailer.newest(10**9)
        if filed.ref in m.subject and "code" in m.subject
    )
    assert filed.ref in mail.subject
    assert any(line.strip().isdigit() and len(line.strip()) == 6 for line in mail.text.splitlines())
    assert "Secret Song" not in mail.text


def test_the_page_takes_at_most_twelve_statements(client_as: Any, filed: Any, code_of: Any) -> None:
    from tests.web.desk.pages import statements

    client = trust(client_as(None))
    ask(client, filed.ref, "ada@example.com")
    enter(client, code_of())

    with statements() as seen:
        assert client.get("/status/case").status_code == 200

    assert len(seen) <= 12
