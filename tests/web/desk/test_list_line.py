"""Lines of the list are kept as they were shown last; nobody is handed a line made for other words."""

from __future__ import annotations

from typing import Any

from app.cases.rules.kinds import CaseEvent, SubKind
from app.web.desk.list_line import list_line
from tests.factories.cases import act, make_case
from tests.web.desk.pages import make_world


def test_the_same_list_is_not_written_twice(client_as: Any, clock: Any) -> None:
    client = client_as(make_world(clock).dee)
    first = client.get("/desk").text
    made = list_line.cache_info().misses

    assert client.get("/desk").text.count("data-ref=") == first.count("data-ref=") == 1
    assert list_line.cache_info().misses == made


def test_a_kept_line_shows_nobody_what_only_another_may_see(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    make_case(world.ada, SubKind.MISSING_EARNINGS, clock=clock, disputed_amount="777.25 EUR")

    assert "777.25" in client_as(world.rio).get("/desk").text
    assert "777.25" not in client_as(world.dee).get("/desk").text


def test_a_line_is_the_readers_own_only_for_its_owner(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    act(world.case.id, CaseEvent.TAKE, world.rio.actor, clock=clock)

    assert "avatar--s avatar--desk" in client_as(world.rio).get("/desk").text
    assert "avatar--s avatar--desk" not in client_as(world.rae).get("/desk").text


def test_a_change_shows_at_the_next_look(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.dee)
    before = client.get("/desk").text

    act(world.case.id, CaseEvent.TAKE, world.rio.actor, clock=clock)

    assert ">New<" in before
    assert ">New<" not in client.get("/desk").text
