"""S10: words lead to things, a reference straight to its case, filters live in the address."""

from __future__ import annotations

from typing import Any

import pytest

from app.catalogue.queries import search_releases
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from tests.factories.accounts import make_person
from tests.factories.catalogue import NIGHT, TOWER, make_about, make_catalogue
from tests.factories.conversations import make_message
from tests.web.desk.pages import make_world, statements

SYSTEM = Actor.system("test")


def test_words_lead_to_the_case_and_are_marked(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    make_message(world.ada.actor, world.case.id, body="<b>harbour</b> contract")

    page = client_as(world.dee).get("/search?q=harb")

    assert page.status_code == 200
    assert "&lt;b&gt;<mark>harbour</mark>&lt;/b&gt; contract" in page.text
    assert f"/desk/cases/{world.case.ref}" in page.text
    assert "1 found" in page.text


def test_a_reference_goes_straight_to_its_case(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.dee)

    for typed in (
        world.case.ref,
        world.case.ref.lower().replace("-", " "),
        world.case.ref[3:].replace("0", "o"),
    ):
        answer = client.get("/search", query_string={"q": typed})

        assert (answer.status_code, answer.location) == (303, f"/desk/cases/{world.case.ref}")


def test_what_was_looked_for_is_remembered_for_me_alone(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    mine = client_as(world.dee)
    mine.get("/search?q=sample")

    assert "Looked for lately" in mine.get("/search").text
    assert "Looked for lately" not in client_as(world.rio).get("/search").text


def test_nothing_found_says_so_and_is_not_remembered(client_as: Any, clock: Any) -> None:
    client = client_as(make_world(clock).dee)

    page = client.get("/search?q=zebra&kind=letters")

    assert "Nothing fits “zebra”." in page.text
    assert "Looked for lately" not in client.get("/search").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=cases", True),
        ("kind=exhibits", False),
        ("state=submitted", True),
        ("state=closed", False),
        ("since=2026-11-01&until=2026-11-30", True),
        ("until=2020-01-01", False),
        ("kind=nonsense&state=draft", True),
    ],
)
def test_filters_narrow(client_as: Any, clock: Any, query: str, found: bool) -> None:
    world = make_world(clock)

    page = client_as(world.dee).get(f"/search?q=sample&{query}")

    assert page.status_code == 200
    assert (world.case.ref in page.text) is found


def test_a_day_that_is_none_is_said_at_its_field(client_as: Any, clock: Any) -> None:
    page = client_as(make_world(clock).dee).get("/search?q=sample&since=tomorrow")

    assert page.status_code == 422
    assert "Enter a day, for example 2026-11-24." in page.text
    assert 'value="tomorrow"' in page.text


def test_a_page_that_does_not_exist_is_no_error_of_ours(client_as: Any, clock: Any) -> None:
    assert client_as(make_world(clock).dee).get("/search?q=sample&after=x").status_code == 422


def test_a_search_takes_few_statements(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.dee)
    client.get("/search?q=sample")

    with statements() as seen:
        client.get("/search?q=sample")

    assert len(seen) <= 12, seen


def test_parties_do_not_search_the_desk(client_as: Any, clock: Any) -> None:
    world = make_world(clock)

    assert client_as(world.ada).get("/search?q=sample").status_code == 403


def test_a_release_stands_with_its_numbers_and_the_cases_about_it(
    client_as: Any, clock: Any
) -> None:
    world = make_world(clock)
    make_person("bo", clock=clock)
    make_catalogue(NIGHT, TOWER, clock=clock)
    client = client_as(world.dee)
    assert "No case is about it." in client.get("/search?q=036000291452").text
    with transaction(SYSTEM) as tx:
        release = search_releases(tx, SYSTEM, "night ferry").rows[0]
    make_about(world.ada, world.case.id, release.id)

    page = client.get("/search?q=az-tw1-26-00418&kind=releases")

    assert "Quiet Tide (Live)" in page.text
    assert "<mark>AZTW12600418</mark>" in page.text
    assert f"/desk/cases/{world.case.ref}" in page.text
    assert "No case is about it." not in page.text
    assert client.get("/search?q=night+ferry&kind=people").text.count("<mark>") == 0


def test_a_search_of_the_catalogue_takes_few_statements(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    make_person("bo", clock=clock)
    make_catalogue(NIGHT, TOWER, clock=clock)
    client = client_as(world.dee)
    client.get("/search?q=night")

    with statements() as seen:
        page = client.get("/search?q=night")

    assert "<mark>Night</mark> Ferry" in page.text
    assert len(seen) <= 12, seen
