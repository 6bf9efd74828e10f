"""Words to the desk: kept while they are typed, seen once read, and the claim as far as the policy discloses it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.cases.rules.kinds import SubKind
from app.kernel.clock import FixedClock
from tests.factories.accounts import TestPerson, make_cast, make_person
from tests.factories.cases import make_case
from tests.web.portal import desk, steps

Clients = Callable[[TestPerson | None], Any]


@pytest.fixture
def ada(app: Any) -> TestPerson:
    return make_person("ada")


def test_b008_typed_words_are_back_after_the_session_ended(
    client_as: Clients, ada: TestPerson, clock: FixedClock
) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    kept = client.post(f"/cases/{ref}/draft", data={"body": "Two hours of <typing>"})
    clock.advance(timedelta(hours=2))

    gone = client.post(f"/cases/{ref}/draft", data={"body": "x"}, headers={"HX-Request": "true"})
    page = client_as(ada).get(f"/cases/{ref}").text

    assert "Saved at" in kept.text
    assert gone.status_code == 401
    assert gone.headers["HX-Redirect"].startswith("/signin?next=")
    assert "Two hours of &lt;typing&gt;</textarea>" in page


def test_sent_words_leave_the_box(client_as: Clients, ada: TestPerson) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    client.post(f"/cases/{ref}/draft", data={"body": "Where is it?"})

    client.post(f"/cases/{ref}/messages", data={"body": "Where is it?"})

    assert "Where is it?</textarea>" not in client.get(f"/cases/{ref}").text


def test_kept_words_are_their_authors_alone(client_as: Clients, app: Any) -> None:
    cast = make_cast("ada", "cy")
    case = make_case(cast["ada"], SubKind.OWNERSHIP, respondent=cast["cy"])
    client_as(cast["ada"]).post(f"/cases/{case.ref}/draft", data={"body": "for us alone"})

    assert "for us alone" not in client_as(cast["cy"]).get(f"/cases/{case.ref}").text
    assert client_as(make_person("zed")).post(f"/cases/{case.ref}/draft").status_code == 404


def test_new_messages_are_new_until_they_were_read(
    client_as: Clients, ada: TestPerson, clock: FixedClock
) -> None:
    rio, client = make_person("rio"), client_as(ada)
    ref = steps.filed(client)
    desk.take(rio, ref, clock)
    desk.write(rio, ref, clock, "We look at it.")
    before = client.get(f"/cases/{ref}").text

    clock.advance(timedelta(minutes=1))
    assert client.post(f"/cases/{ref}/read").location == f"/cases/{ref}#talk-title"

    assert "Mark 1 new message as read" in before
    assert "as read" not in client.get(f"/cases/{ref}").text
    assert "new message" not in client.get("/cases").text


def test_the_claim_shows_what_the_policy_discloses_and_no_more(
    client_as: Clients, app: Any
) -> None:
    cast = make_cast("ada", "cy")
    case = make_case(
        cast["ada"], SubKind.OWNERSHIP, respondent=cast["cy"], claimed="All of the master",
        role="I produced it", wish="My share back", other_email="hidden@example.org",
    )  # fmt: skip

    page = client_as(cast["cy"]).get(f"/cases/{case.ref}").text

    for words in ("All of the master", "I produced it", "My share back"):
        assert words in page
    assert "hidden@example.org" not in page


def test_contact_of_a_notice_is_shown_where_the_policy_says_so(
    client_as: Clients, app: Any
) -> None:
    cast = make_cast("ada", "cy")
    given = {"contact_address": "1 Harbour Street", "capacity": "owner"}
    case = make_case(cast["ada"], SubKind.DMCA_NOTICE, respondent=cast["cy"], **given)

    page = client_as(cast["cy"]).get(f"/cases/{case.ref}").text

    assert "1 Harbour Street" in page
    assert "Owner of the right" in page
