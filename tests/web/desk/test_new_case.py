"""S11: the desk files for somebody who called: consent on record, the rules of filing, the artist is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import text

from app.history.queries import private_rows
from app.infra.db.transaction import transaction
from tests.factories.accounts import make_cast
from tests.factories.cases import SYSTEM, make_case
from tests.web.desk.pages import statements
from tests.web.portal.steps import PAYOUT, WHAT

START = {
    "channel": "phone", "name": "Ada Amberg", "email": "ada@example.com", "sub_kind": "account_access",
    "said_by": "Ada Amberg", "said_at": "2026-11-20T08:40", "how": "On the phone, number checked against the profile.",
}  # fmt: skip
ANSWERS = {
    "subject_title": "I cannot sign in",
    "summary": "The code does not arrive.",
    "agreed": "y",
}


@pytest.fixture
def cast(app: Any) -> Any:
    return make_cast("ada", "bo", "dee", "fay")


def start(client: Any, **changes: str) -> Any:
    """Fill in the first page."""
    return client.post("/desk/new", data=START | changes)


def file(client: Any, address: str, **changes: str) -> Any:
    """Fill in the second page."""
    version = re.search(r'name="version"[^>]*value="(\d+)"', client.get(address).text)
    assert version
    return client.post(address, data={"version": version[1]} | ANSWERS | changes)


def rows(query: str) -> list[Any]:
    with transaction(SYSTEM, read_only=True) as tx:
        return list(tx.execute(text(query)))


def test_a_case_by_phone_belongs_to_the_artist(client_as: Any, cast: Any) -> None:
    desk = client_as(cast["dee"])

    started = start(desk)
    filed = file(desk, started.location)

    (case,) = rows('select ref, channel, state, started_by from "case"')
    assert filed.location == f"/desk/cases/{case.ref}"
    assert (case.channel, case.state, case.started_by) == ("phone", "submitted", cast["dee"].id)
    assert client_as(cast["ada"]).get(f"/cases/{case.ref}").status_code == 200
    assert client_as(cast["bo"]).get(f"/cases/{case.ref}").status_code == 404


def test_consent_is_on_record_and_a_note_says_so(client_as: Any, cast: Any) -> None:
    desk = client_as(cast["dee"])
    filed = file(desk, start(desk).location)

    (case,) = rows('select id from "case"')
    with transaction(SYSTEM, read_only=True) as tx:
        (kept,) = private_rows(tx, case.id, "case.consent_recorded")
    assert kept.private["said_by"] == "Ada Amberg"
    assert kept.private["said_at"].startswith("2026-11-20T08:40")
    assert kept.actor_id == cast["dee"].id
    assert "number checked against the profile" in desk.get(filed.location).text
    assert (
        "number checked" not in client_as(cast["ada"]).get(filed.location.replace("/desk", "")).text
    )


def test_the_artist_is_told_and_asked_to_correct(
    app: Any, client_as: Any, cast: Any, run_jobs: Any
) -> None:
    desk = client_as(cast["dee"])
    filed = file(desk, start(desk).location)
    run_jobs()

    ref = filed.location.rpartition("/")[2]
    mail = next(m for m in app.extensions["redress"].mailer.newest(10**9) if ref in m.text)
    assert mail.to == "ada@example.com"
    assert "We filed case" in mail.text
    assert "we correct it" in mail.text


def test_somebody_without_an_account_gets_one(client_as: Any, cast: Any) -> None:
    desk = client_as(cast["dee"])

    file(desk, start(desk, name="New Voice", email="new@example.org").location)

    (person,) = rows("select name, status from person where email = 'new@example.org'")
    assert tuple(person) == ("New Voice", "active")
    assert rows(
        "select 1 from case_member m join person p on p.id = m.person_id where p.email = 'new@example.org'"
    )


@pytest.mark.parametrize("field", [name for name in START if name != "name"])
def test_b001_a_missing_answer_is_named_and_the_rest_is_kept(
    client_as: Any, cast: Any, field: str
) -> None:
    answer = start(client_as(cast["dee"]), **{field: " "})

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "Ada Amberg" in answer.text
    assert rows('select 1 from "case"') == []


@pytest.mark.parametrize(("changes", "words"), [
    ({"said_at": "yesterday"}, "Enter day and time"), ({"said_at": "2026-10-01T10:00"}, "within the last 30 days"),
    ({"said_at": "2026-11-21T10:00"}, "within the last 30 days"), ({"sub_kind": "dmca_notice"}, "Choose one of these"),
    ({"channel": "portal"}, "Choose one of these"), ({"email": "dee@example.com"}, "your own address"),
    ({"email": "nothing"}, "Enter an e-mail address"),
])  # fmt: skip
def test_b013_b014_what_does_not_fit_is_refused_in_words(
    client_as: Any, cast: Any, changes: dict[str, str], words: str
) -> None:
    answer = start(client_as(cast["dee"]), **changes)

    assert answer.status_code == 422
    assert words in answer.text
    assert rows('select 1 from "case"') == []


def test_the_same_rules_as_filing_hold(client_as: Any, cast: Any) -> None:
    desk = client_as(cast["dee"])
    address = start(desk, sub_kind="missing_earnings").location

    empty = file(desk, address, **PAYOUT, summary="")
    unread = file(desk, address, **PAYOUT, **WHAT, agreed="")
    kept = desk.get(address).text
    filed = file(desk, address, **PAYOUT, **WHAT)

    assert (empty.status_code, unread.status_code, filed.status_code) == (422, 422, 303)
    assert 'href="#summary"' in empty.text
    assert "Read the statement to them" in unread.text
    assert "Night Ferry" in kept
    (signed,) = rows("select signer_name, signer_capacity from case_statement")
    assert tuple(signed) == ("Ada Amberg", "told to Dee Dorn")


def test_b007_filed_twice_is_one_case(client_as: Any, cast: Any) -> None:
    desk = client_as(cast["dee"])
    address = start(desk).location
    first = file(desk, address)

    second = desk.post(address, data={"version": "2", **ANSWERS})

    assert second.location == first.location
    assert len(rows('select 1 from "case"')) == 1


def test_b017_an_open_case_about_the_same_is_shown(client_as: Any, cast: Any) -> None:
    open_one = make_case(cast["ada"], subject_title="Night Ferry")
    desk = client_as(cast["dee"])
    address = start(desk, sub_kind="missing_earnings").location
    file(desk, address, subject_title="Night Ferry", subject_artist="Ada Amberg", agreed="")

    assert f"/desk/cases/{open_one.ref}" in desk.get(address).text


def test_only_drafts_of_the_desk_and_only_by_who_may(client_as: Any, cast: Any) -> None:
    from tests.factories.cases import make_draft

    own = make_draft(cast["ada"])

    assert client_as(cast["dee"]).get(f"/desk/new/{own}").status_code == 404
    assert client_as(cast["fay"]).get("/desk/new").status_code == 403
    assert "/desk/new" in client_as(cast["dee"]).get("/desk").text
    assert "/desk/new" not in client_as(cast["fay"]).get("/desk").text


def test_pages_take_at_most_twelve_statements(client_as: Any, cast: Any) -> None:
    desk = client_as(cast["dee"])
    address = start(desk).location

    with statements() as seen:
        assert desk.get(address).status_code == 200

    assert len(seen) <= 12
