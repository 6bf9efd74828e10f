"""The poll of an open case page: 304 while nothing changed, a line when something did, silence about the other side."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from app.conversations.commands import AddNote
from app.conversations.service.messages import add_note
from app.infra.db.transaction import transaction
from app.kernel.clock import FixedClock
from tests.factories.accounts import TestPerson, make_person
from tests.web.portal import desk, steps

Clients = Callable[[Any], Any]


@pytest.fixture
def ada(app: Any) -> TestPerson:
    return make_person("ada")


@pytest.fixture
def rio(app: Any) -> TestPerson:
    return make_person("rio")


def poll_of(client: Any, ref: str) -> str:
    """The address that the page polls."""
    found = re.search(
        rf'data-src="(/cases/{ref}/news\?seen=\w+)"', client.get(f"/cases/{ref}").text
    )
    assert found
    return found[1]


def test_nothing_new_says_nothing_and_then_304(client_as: Clients, ada: TestPerson) -> None:
    client = client_as(ada)
    address = poll_of(client, steps.filed(client))

    first = client.get(address, headers={"X-Redress-Poll": "1"})
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert first.status_code == 200
    assert "something new" not in first.text
    assert again.status_code == 304


def test_what_the_desk_does_is_told_and_the_new_page_is_quiet(
    client_as: Clients, ada: TestPerson, rio: TestPerson, clock: FixedClock
) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    address = poll_of(client, ref)
    tag = client.get(address).headers["ETag"]

    desk.take(rio, ref, clock)
    desk.ask(rio, ref, clock, "Send your signed producer agreement")
    told = client.get(address, headers={"If-None-Match": tag})

    assert told.status_code == 200
    assert "There is something new in this case." in told.text
    assert "something new" not in client.get(poll_of(client, ref)).text


def test_b144_internal_notes_and_private_words_change_nothing(
    client_as: Clients, ada: TestPerson, rio: TestPerson, clock: FixedClock
) -> None:
    client = client_as(ada)
    ref = steps.filed(client)
    desk.take(rio, ref, clock)
    address = poll_of(client, ref)
    tag = client.get(address).headers["ETag"]

    case = desk.case_of(rio, ref)
    with transaction(rio.actor) as tx:
        add_note(tx, AddNote(case.id, "The claimant called."), rio.actor, clock)

    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_a_stranger_learns_nothing(client_as: Clients, ada: TestPerson) -> None:
    ref = steps.filed(client_as(ada))

    assert client_as(make_person("cy")).get(f"/cases/{ref}/news?seen=x").status_code == 404
