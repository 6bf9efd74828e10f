"""A3: my cases by need, found again by words, filtered, turned page by page; nobody else's among them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from app.cases.rules.kinds import SubKind
from app.kernel.clock import FixedClock
from tests.factories.accounts import TestPerson, make_cast, make_person
from tests.factories.cases import make_case, make_draft
from tests.web.portal import desk, steps

Clients = Callable[[TestPerson | None], Any]


@pytest.fixture
def ada(app: Any) -> TestPerson:
    return make_person("ada")


def refs(page: str) -> list[str]:
    return re.findall(r'href="/cases/(RD-[0-9A-Z-]+)"', page)


def test_nothing_yet_says_what_will_be_here(client_as: Clients, ada: TestPerson) -> None:
    page = client_as(ada).get("/cases").text

    assert "No cases yet. When you start one, it shows here with its next date." in page
    assert "Search your cases" not in page


def test_cards_stand_by_need(client_as: Clients, ada: TestPerson, clock: FixedClock) -> None:
    rio, client = make_person("rio"), client_as(ada)
    waiting, wanted = steps.filed(client), steps.filed(client)
    make_draft(ada, subject_title="Salt Road")
    desk.take(rio, wanted, clock)
    desk.ask(rio, wanted, clock)
    client.post(f"/cases/{waiting}/withdraw", data={"reason": ""})
    still_open = steps.filed(client)

    page = client.get("/cases").text

    seen = re.findall(
        r'<h2 id="group-\d">([^<]+?)(?: <|<)|href="/cases/(RD-[0-9A-Z-]+)"|<bdi>(Salt Road)', page
    )
    assert ["".join(found).strip() for found in seen] == [
        "Needs you", wanted, "Not sent yet", "Salt Road", "Open", still_open, "Decided and closed", waiting,
    ]  # fmt: skip
    assert "1 new message" in page
    assert "Answer by Fri, 4 Dec 2026, 18:00, Lisbon time" in page


def test_search_and_filter_keep_what_was_asked(client_as: Clients, ada: TestPerson) -> None:
    client = client_as(ada)
    ferry = make_case(ada, SubKind.OWNERSHIP, subject_title="Night Ferry").ref
    road = make_case(ada, SubKind.OWNERSHIP, subject_title="Salt Road").ref

    assert refs(client.get("/cases?q=ferry").text) == [ferry]
    assert refs(client.get(f"/cases?q={road}").text) == [road]
    assert refs(client.get("/cases?need=ended").text) == []
    nothing = client.get("/cases?q=%25_zz&need=nonsense").text
    assert "No case fits" in nothing
    assert 'value="%_zz"' in nothing


def test_more_than_twenty_are_turned_page_by_page(client_as: Clients, ada: TestPerson) -> None:
    made = {make_case(ada, SubKind.OWNERSHIP, subject_title=f"Song {n}").ref for n in range(23)}
    client = client_as(ada)

    first = client.get("/cases?q=song").text
    following = re.search(r'href="(/cases\?q=song&amp;after=[^"]+)"', first)
    assert following
    second = client.get(following[1].replace("&amp;", "&")).text

    assert len(refs(first)) == 20
    assert set(refs(first)) | set(refs(second)) == made
    assert 'href="/cases?q=song"' in second


def test_b147_a_side_of_one_case_is_no_side_of_another(client_as: Clients, app: Any) -> None:
    cast = make_cast("ada", "cy")
    one = make_case(cast["ada"], SubKind.OWNERSHIP, respondent=cast["cy"], summary="Ada says one")
    two = make_case(cast["cy"], SubKind.OWNERSHIP, respondent=cast["ada"], summary="Cy says two")
    client = client_as(cast["ada"])
    client.post(f"/cases/{one.ref}/draft", data={"body": "Words of the first case"})

    first, second = (client.get(f"/cases/{case.ref}").text for case in (one, two))

    assert "What the other side claims" not in first
    assert "Cy says two" not in first
    assert "What the other side claims" in second
    assert "Ada says one" not in second
    assert "Words of the first case" not in second
