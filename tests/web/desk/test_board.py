"""S1 as a board: a column a stage with pages of its own, within the walls, moved on by a button that every reader has."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from app.cases.commands import WallOff
from app.cases.rules.kinds import CaseEvent
from app.cases.service.people import wall_off_person
from tests.factories.cases import act
from tests.web.desk.pages import make_world, statements
from tests.web.desk.test_list import more_cases, refs_of


def column(html: str, stage: str) -> str:
    """The markup of one column."""
    return html.split(f'aria-labelledby="stage-{stage}"')[1].split("</section>", maxsplit=1)[0]


def more_of(part: str) -> str:
    """The address of the column's next page."""
    found = re.search(r'href="([^"#]*after=[^"#]*)', part)
    return unescape(found[1]) if found else ""


def test_each_column_has_its_own_pages(client_as: Any, clock: Any, tx_as: Any) -> None:
    world = make_world(clock)
    more_cases(world, 22, clock, tx_as)
    act(world.case.id, CaseEvent.TAKE, world.rio.actor, clock=clock)
    client = client_as(world.rio)

    with statements() as seen:
        first = client.get("/desk/board").text
    second = client.get(more_of(column(first, "new"))).text

    assert len(seen) <= 12
    assert len(refs_of(column(first, "new"))) == 20
    assert refs_of(column(first, "triage")) == refs_of(column(second, "triage")) == [world.case.ref]
    assert len(refs_of(column(second, "new"))) == 2
    assert not set(refs_of(column(first, "new"))) & set(refs_of(column(second, "new")))
    assert ">22<" in column(first, "new")


def test_b163_a_cursor_belongs_to_its_column(client_as: Any, clock: Any, tx_as: Any) -> None:
    world = make_world(clock)
    more_cases(world, 22, clock, tx_as)
    address = more_of(column(client_as(world.rio).get("/desk/board").text, "new"))

    assert (
        client_as(world.rio).get(address.replace("column=new", "column=triage")).status_code == 400
    )
    assert client_as(world.rio).get(f"{address}x").status_code == 400
    assert client_as(world.dee).get(address).status_code == 400


def test_filters_and_walls_hold_on_the_board(client_as: Any, clock: Any, tx_as: Any) -> None:
    world = make_world(clock)
    with tx_as(world.eli.actor) as tx:
        wall_off_person(tx, WallOff(world.case.id, world.rae.id, "cousin"), world.eli.actor, clock)

    assert refs_of(client_as(world.rae).get("/desk/board").text) == []
    assert refs_of(client_as(world.rio).get("/desk/board?owner=me").text) == []
    assert refs_of(client_as(world.rio).get("/desk/board?state=submitted").text) == [world.case.ref]
    assert client_as(world.dee).get("/desk/board?sort=-stake").status_code == 422


def test_a_card_moves_on_without_dragging(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.rio)
    page = client.get("/desk/board").text

    asked = client.post("/desk/bulk", data={"act": "stage", "query": "", "case": f"{world.case.id}:{world.case.version}", "next": "/desk/board"})  # fmt: skip

    assert f'form="move" name="case" value="{world.case.id}:{world.case.version}"' in page
    assert "Which step" in asked.text
    assert 'name="next" value="/desk/board"' in asked.text
