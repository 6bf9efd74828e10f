"""S1: the list, its filters, its statements."""

from __future__ import annotations

from typing import Any

import pytest

from app.cases.rules.kinds import SubKind
from tests.factories.accounts import make_person
from tests.factories.cases import make_case
from tests.web.desk.pages import make_world, send, statements


def test_the_list_shows_open_cases(client_as: Any, clock: Any) -> None:
    world = make_world(clock)

    page = client_as(world.dee).get("/desk")

    assert page.status_code == 200
    assert world.case.ref in page.text
    assert "1 open cases" in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=triage", False),
        ("state=submitted", True),
        ("kind=payout", False),
        ("kind=rights_claim", True),
        ("owner=me", False),
        ("owner=nobody", True),
        ("due=late", False),
        ("q=Sample", True),
        ("q=zebra", False),
        ("state=nonsense&kind=x&owner=zz&due=y", True),
        ("needs=parties", False),
    ],
)
def test_filters_live_in_the_address(client_as: Any, clock: Any, query: str, found: bool) -> None:
    world = make_world(clock)

    page = client_as(world.dee).get(f"/desk?{query}")

    assert page.status_code == 200
    assert (world.at in page.text) is found


def test_chips_say_the_filter_in_words(client_as: Any, clock: Any) -> None:
    world = make_world(clock)

    page = client_as(world.dee).get("/desk?kind=payout&owner=nobody")

    assert "Remove filter: Kind is Payout" in page.text
    assert "No case fits these filters." in page.text


def test_a_case_without_owner_is_taken_from_the_list(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.dee)

    answer = send(client, "/desk", f"{world.at}/assign")

    assert answer.status_code == 303
    assert "Dee Dorn" in client.get("/desk?owner=me").text


def test_fifty_rows_make_a_page(client_as: Any, clock: Any, tx_as: Any) -> None:
    world = make_world(clock)
    with tx_as(world.ada.actor) as tx:
        for _number in range(50):
            make_case(world.ada, SubKind.OWNERSHIP, tx=tx, clock=clock)
    client = client_as(world.dee)

    with statements() as seen:
        first = client.get("/desk")

    assert first.text.count("data-table__title") == 50
    assert len(seen) <= 12
    following = first.text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    second = client.get(following.replace("&amp;", "&"))
    assert second.text.count("data-table__title") == 1


def test_artists_have_no_desk(client_as: Any, clock: Any) -> None:
    ada = make_person("ada", clock=clock)

    assert client_as(ada).get("/desk").status_code in {403, 404}
