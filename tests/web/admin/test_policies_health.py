"""D2 and D10: policies and calendars to read, health in plain words with the next step."""

from __future__ import annotations

from typing import Any

from app.infra.readiness import Answer
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


def test_health_says_what_is_wrong_and_what_to_do(
    client_as: Any, clock: Any, monkeypatch: Any
) -> None:
    client = client_as(make_person("adi", clock=clock))
    well = client.get("/admin/health").text
    red = [Answer("database", ""), Answer("queue", "the oldest job waits 900 s")]
    monkeypatch.setattr("app.web.admin.health.answers", lambda _services: red)

    page = client.get("/admin/health").text

    assert "The schema is at its newest" in well
    assert "PostgreSQL" in well
    assert "the oldest job waits 900 s" in page
    assert "start another when the queue grows" in page
    assert client_as(make_person("eli", clock=clock)).get("/admin/health").status_code == 403
