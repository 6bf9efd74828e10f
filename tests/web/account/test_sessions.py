"""Sessions: limits, rotation, revocation, headers at sign-out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from app.infra.db.extension import db
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from tests.factories.accounts import make_person, trust

SYSTEM = Actor.system("test")


@pytest.mark.parametrize(("key", "idle"), [("ada", 60), ("dee", 30)])
def test_idle_session_ends(client_as: Any, clock: Any, key: str, idle: int) -> None:
    client = client_as(make_person(key))
    clock.advance(timedelta(minutes=idle - 1))
    assert client.get("/me").status_code == 200

    clock.advance(timedelta(minutes=idle))

    assert client.get("/me").status_code == 303


@pytest.mark.parametrize(("key", "hours"), [("ada", 12), ("dee", 8)])
def test_busy_session_ends_at_its_absolute_limit(
    client_as: Any, clock: Any, key: str, hours: int
) -> None:
    client = client_as(make_person(key))
    states = []

    for _quarter in range(hours * 4):
        states.append(client.get("/me").status_code)
        clock.advance(timedelta(minutes=15))

    assert set(states) == {200}
    assert client.get("/me").status_code == 303


def test_background_polling_does_not_keep_a_session_alive(client_as: Any, clock: Any) -> None:
    client = client_as(make_person("dee"))

    for _minute in range(29):
        clock.advance(timedelta(minutes=1))
        assert client.get("/me", headers={"X-Redress-Poll": "1"}).status_code == 200
    clock.advance(timedelta(minutes=1))

    assert client.get("/me").status_code == 303


def test_cookie_is_a_random_reference_and_stored_hashed(app: Any, client_as: Any) -> None:
    client = client_as(make_person("ada"))
    cookie = client.get_cookie("redress")

    with transaction(SYSTEM) as tx:
        stored = tx.execute(text("select encode(token_hash, 'hex') from session")).scalar_one()

    assert len(cookie.value) == 43
    assert cookie.value not in stored
    assert len(stored) == 64


def test_b187_sign_out_ends_the_session_and_clears_the_browser(client_as: Any) -> None:
    client = client_as(make_person("ada"))
    cookie = client.get_cookie("redress").value

    answer = client.post("/signout")

    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    client.set_cookie("redress", cookie)
    assert client.get("/me").status_code == 303


def test_b187_b188_pages_are_never_cached_and_vary_by_cookie(client_as: Any) -> None:
    answer = client_as(make_person("ada")).get("/me")

    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers


def test_b188_static_files_and_health_set_no_cookie(client_as: Any) -> None:
    client = trust(client_as(None))

    assert "Set-Cookie" not in client.get("/livez").headers
    assert "Set-Cookie" not in client.get("/static/nothing.css").headers


def test_own_sessions_are_listed_and_ended(app: Any, client_as: Any) -> None:
    ada = make_person("ada")
    here, there = client_as(ada), client_as(ada)
    page = here.get("/me/sessions").get_data(as_text=True)

    ended = here.post("/me/sessions/end-others")

    assert page.count('/end"') == 2
    assert ended.status_code == 303
    assert there.get("/me").status_code == 303
    assert here.get("/me").status_code == 200


def test_foreign_session_cannot_be_ended(app: Any, client_as: Any) -> None:
    ada, cy = client_as(make_person("ada")), make_person("cy")
    client_as(cy)
    with transaction(SYSTEM) as tx:
        foreign = tx.execute(
            text("select id from session where person_id = :id"), {"id": cy.id}
        ).scalar_one()

    assert ada.post(f"/me/sessions/{foreign}/end").status_code == 404


def test_session_and_actor_cost_one_statement(app: Any, client_as: Any) -> None:
    client = client_as(make_person("ada"))
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    client.get("/me/security/password")
    event.remove(db.engine, "before_cursor_execute", note)

    counted = [s for s in seen if "set_config" not in s]
    assert len(counted) == 1, counted


def test_stale_profile_is_409_with_both_texts(client_as: Any) -> None:
    client = client_as(make_person("ada"))
    data = {"name": "Ada A", "locale": "en", "zone": "UTC", "theme": "dark", "version": "1"}

    first = client.post("/me", data=data)
    second = client.post("/me", data=data | {"name": "Ada B"})

    assert first.status_code == 303
    assert second.status_code == 409
    assert "Ada A" in second.get_data(as_text=True)


def test_b011_unknown_fields_are_never_applied(app: Any, client_as: Any) -> None:
    ada = make_person("ada")
    data = {"name": "Ada", "locale": "en", "zone": "UTC", "theme": "dark", "version": "1"}

    client_as(ada).post(
        "/me", data=data | {"roles": "admin", "status": "disabled", "email": "x@y.zz"}
    )

    with transaction(SYSTEM) as tx:
        row = tx.execute(
            text("select email, status from person where id = :id"), {"id": ada.id}
        ).one()
    assert tuple(row) == ("ada@example.com", "active")
