"""/readyz tells each trouble by its name; the process refuses a role that could look past the walls."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from app.infra.clock import SystemClock
from app.infra.db.extension import db
from app.infra.readiness import UnsafeRole, answers, refuse_unsafe_role
from app.kernel.clock import FixedClock
from config import Settings
from tests.factories.accounts import make_person
from tests.factories.cases import make_case
from tests.support.application import environment


def problems(app: Any, **changed: Any) -> dict[str, str]:
    """Names of the questions whose answer is bad, with the reason."""
    services = replace(app.extensions["redress"], clock=SystemClock())
    return {one.name: one.problem for one in answers(replace(services, **changed)) if one.problem}


def test_all_is_well(app: Any) -> None:
    assert problems(app) == {}


def test_a_clock_that_is_off_is_told(app: Any) -> None:
    off = FixedClock(SystemClock().now() + timedelta(seconds=30))

    assert list(problems(app, clock=off)) == ["clock"]


def test_settings_that_may_lose_data_are_told(app: Any) -> None:
    strict = replace(app.extensions["redress"].settings, require_durable=True)

    assert "fsync" in problems(app, settings=strict)["durable"]


def test_an_old_job_is_told(app: Any, pg: dict[str, Any]) -> None:
    with psycopg.connect(pg["superuser"]) as owner:
        owner.execute(
            "insert into procrastinate_jobs (queue_name, task_name, status, scheduled_at) "
            "values ('soon', 'letters.render', 'todo', now() - interval '2 hours')"
        )
    assert problems(app) == {}, "made just now for a moment that is over, as demo data does"

    with psycopg.connect(pg["superuser"]) as owner:
        owner.execute("update procrastinate_events set at = now() - interval '2 hours'")
    assert "waits" in problems(app)["queue"]


def test_b125_a_deadline_that_nobody_looks_at_is_an_alert(app: Any, clock: Any) -> None:
    make_case(make_person("ada"), clock=clock)
    assert "deadlines" not in problems(app, clock=clock)

    clock.advance(timedelta(days=3))

    assert "wait for the sweeper" in problems(app, clock=clock)["deadlines"]


def test_a_database_behind_the_code_is_told(app: Any, pg: dict[str, Any]) -> None:
    with psycopg.connect(pg["superuser"]) as owner:
        now = owner.execute("select version_num from alembic_version").fetchone()
        assert now is not None
        owner.execute("update alembic_version set version_num = '0001_foundation'")
    try:
        assert "0001_foundation" in problems(app)["migrations"]
    finally:
        with psycopg.connect(pg["superuser"]) as owner:
            owner.execute("update alembic_version set version_num = %s", now)


def test_a_store_that_is_away_is_told(app: Any) -> None:
    from app.infra.storage import make_storage

    away = replace(app.extensions["redress"].settings, s3_endpoint="http://127.0.0.1:9")

    assert list(problems(app, storage=make_storage(away))) == ["store"]


@pytest.mark.parametrize("role", ["superuser", "owner"])
def test_start_up_refuses_a_role_past_the_walls(pg: dict[str, Any], role: str) -> None:
    from app.factory import create_rooms

    with pytest.raises(UnsafeRole, match="superuser" if role == "superuser" else "owns"):
        create_rooms(Settings.from_env(environment(pg) | {"DATABASE_URL": pg[role]}))


def test_the_web_role_is_let_in_and_an_absent_database_is_left_to_readyz(app: Any) -> None:
    refuse_unsafe_role()
    assert db.engine.url.username == "redress_app"
