"""A1, step 2: choosing from the catalogue, by hand beside it, and two windows that choose differently."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from app.catalogue.service import import_catalogue, read_import
from app.kernel.actor import Actor
from tests.factories.accounts import make_person
from tests.web.desk.pages import statements
from tests.web.portal import steps

SYSTEM = Actor.system("test")
FILE = """artist_code,artist,holder_email,upc,release_title,recording_title,isrc,position,stores
T1,Ada Amberg,ada@example.com,036000291452,Night Ferry,Night Ferry,AZTW12600418,1,Spotify
T1,Ada Amberg,ada@example.com,012345678905,Salt Road,Salt Road,AZTW12500301,1,Spotify|Deezer
T1,Ada Amberg,ada@example.com,012345678905,Salt Road,Oil Lights,AZTW12500302,2,Spotify|Deezer
T2,Bo Berg,bo@example.com,4006381333931,Undertow,Undertow,AZCR12600001,1,Spotify
"""


@pytest.fixture
def ada(client_as: Callable[[Any], Any], tx_as: Any, clock: Any) -> Any:
    person = make_person("ada")
    make_person("bo")
    with tx_as(SYSTEM) as tx:
        import_catalogue(tx, read_import("c.csv", FILE.encode()), SYSTEM, clock)
    return client_as(person)


def picks(page: str) -> dict[str, str]:
    """Box name by title."""
    found = re.findall(
        r'name="(pick\.[0-9a-f.-]+)"[^>]*>.*?<(?:b|span) dir="auto">([^<]+)<', page, re.DOTALL
    )
    return {title: name for name, title in found}


def chosen(tx_as: Any) -> list[tuple[str, str | None]]:
    with tx_as(SYSTEM) as tx:
        rows = tx.execute(
            text("select title, isrc from case_subject where removed_at is null order by position")
        ).all()
    return [(row.title, row.isrc) for row in rows]


def test_a_search_without_scripts_finds_by_any_spelling(ada: Any) -> None:
    draft = steps.start(ada, "taken_down", "store_takedown")
    page = ada.get(f"/cases/new/{draft}/which?q=az-tw1-26-00418").text

    assert "Night Ferry" in page
    assert "Salt Road" not in page
    assert (
        "Undertow"
        not in ada.get(f"/cases/new/{draft}/which?q=undertow")
        .text.split("shown_found")[1]
        .split("<p")[0]
    )
    assert "Nothing for" in ada.get(f"/cases/new/{draft}/which?q=undertow").text


def test_several_items_are_kept_with_their_text_and_name_the_case(ada: Any, tx_as: Any) -> None:
    draft = steps.start(ada, "taken_down", "store_takedown")
    boxes = picks(ada.get(f"/cases/new/{draft}/which").text)
    answer = steps.fill(ada, draft, "which", {boxes["Night Ferry"]: "y", boxes["Oil Lights"]: "y"})

    assert answer.location.endswith("/what")
    assert chosen(tx_as) == [("Night Ferry", "AZTW12600418"), ("Oil Lights", "AZTW12500302")]
    steps.fill(ada, draft, "what", steps.WHAT)
    check = ada.get(f"/cases/new/{draft}/check").text
    assert "Night Ferry" in check
    assert "Oil Lights" in check


def test_searching_on_loses_no_tick_and_an_unticked_one_goes(ada: Any, tx_as: Any) -> None:
    draft = steps.start(ada, "taken_down", "store_takedown")
    night = picks(ada.get(f"/cases/new/{draft}/which").text)["Night Ferry"]
    answer = steps.fill(ada, draft, "which", {night: "y", "q": "salt", "search": "1"})
    assert answer.location.endswith("/which?q=salt#q")
    page = ada.get(answer.location.partition("#")[0]).text
    assert f'name="{night}" value="y" checked' in page

    salt = picks(page)["Salt Road"]
    shown = night.removeprefix("pick.")
    steps.fill(ada, draft, "which", {salt: "y", "shown_chosen": shown})
    assert [title for title, _isrc in chosen(tx_as)] == ["Salt Road"]


def test_an_item_of_somebody_else_is_refused_and_by_hand_still_works(ada: Any, tx_as: Any) -> None:
    with tx_as(SYSTEM) as tx:
        foreign = tx.execute(text("select id from release where title = 'Undertow'")).scalar_one()
    draft = steps.start(ada, "taken_down", "store_takedown")
    assert steps.fill(ada, draft, "which", {f"pick.{foreign}": "y"}).status_code == 422
    assert steps.fill(ada, draft, "which", {}).status_code == 422
    assert chosen(tx_as) == []

    by_hand = {**steps.WHICH, "subject_link": "https://store.example/night"}
    assert steps.fill(ada, draft, "which", by_hand).status_code == 303
    assert chosen(tx_as) == [("Night Ferry", None)]


def test_b009_the_artist_chooses_between_two_windows_field_by_field(ada: Any, tx_as: Any) -> None:
    draft = steps.start(ada, "taken_down", "store_takedown")
    steps.fill(ada, draft, "which", steps.WHICH)
    seen = steps.version(ada, draft, "what")
    first = {"version": seen, "summary": "The first words.", "told_by": "A store"}
    ada.post(f"/cases/new/{draft}/what", data=first)
    second = {"version": seen, "summary": "The second words.", "told_by": "A fan"}
    page = ada.post(f"/cases/new/{draft}/what", data=second)
    assert page.status_code == 409
    for words in ("The first words.", "The second words.", "A store", "A fan"):
        assert words in page.text

    version = re.search(r'name="version" value="(\d+)"', page.text)[1]  # type: ignore[index]
    choice = {
        "keep.summary": "yours",
        "yours.summary": "The second words.",
        "keep.told_by": "theirs",
    }
    ada.post(f"/cases/new/{draft}/what/resolve", data={"version": version, **choice})
    kept = ada.get(f"/cases/new/{draft}/what").text
    assert "The second words." in kept
    assert 'value="A store"' in kept


def test_b017_nobody_learns_of_the_cases_of_others(
    ada: Any, client_as: Callable[[Any], Any]
) -> None:
    """The same subject filed by a stranger before: the page is the same, byte for byte."""

    def page(client: Any) -> str:
        draft = steps.start(client, "taken_down", "store_takedown")
        steps.fill(client, draft, "which", {**steps.WHICH, "isrc": "AZTW12600418"})
        got = client.get(f"/cases/new/{draft}/what").text.replace(draft, "DRAFT")
        return re.sub(r'(name="(?:window|csrf_token)"[^>]*value=")[^"]*', r"\1", got)

    cy = client_as(make_person("cy"))
    before = page(cy)
    steps.filed(ada, which={**steps.WHICH, "isrc": "AZTW12600418"})
    assert page(cy) == before
    assert "You have an open case about this release" in page(ada)


def test_the_step_asks_at_most_twelve_statements(ada: Any) -> None:
    draft = steps.start(ada, "taken_down", "store_takedown")
    boxes = picks(ada.get(f"/cases/new/{draft}/which").text)
    steps.fill(ada, draft, "which", {boxes["Night Ferry"]: "y"})
    with statements() as seen:
        assert ada.get(f"/cases/new/{draft}/which?q=salt").status_code == 200
    assert len(seen) <= 12, "\n".join(seen)
