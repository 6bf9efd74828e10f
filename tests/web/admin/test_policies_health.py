"""D2 and D10: policies and calendars to read, health in plain words with the next step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.factories.accounts import make_person
from tests.web.desk.pages import make_world, statements


def test_policies_in_force_stand_with_their_calendars(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.rio)

    with statements() as seen:
        page = client.get("/admin/policies")
    one = client.get("/admin/policies/ownership").text

    assert page.status_code == 200
    assert len(seen) <= 12
    assert "/admin/policies/ownership" in page.text
    assert "First reply" in one
    assert "Evidence asked for" in one
    assert client.get("/admin/policies/nothing").status_code == 404
    assert client_as(world.dee).get("/admin/policies").status_code == 403


def test_health_says_what_is_wrong_and_what_to_do(client_as: Any, clock: Any) -> None:
    world = make_world(clock)  # its deadlines run, and no worker looks at them
    admin = make_person("adi", clock=clock)
    well = client_as(admin).get("/admin/health").text
    clock.advance(timedelta(days=30))

    page = client_as(admin).get("/admin/health").text

    assert "The schema is at its newest" in well
    assert "PostgreSQL" in well
    assert "wait for the sweeper" not in well
    assert "wait for the sweeper, the oldest" in page
    assert "it looks at every deadline each minute" in page
    assert client_as(world.eli).get("/admin/health").status_code == 403
