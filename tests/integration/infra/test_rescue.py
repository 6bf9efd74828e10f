"""Jobs of a worker that died are queued again, whoever else looks for them at the same time."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest
from procrastinate import App, PsycopgConnector

from app.infra.queue import STALLED_AFTER, put_back


@pytest.fixture
def dead(pg: dict[str, Any], app: Any) -> list[int]:
    """Three jobs that a worker had at hand when it died."""
    del app
    with psycopg.connect(pg["owner"], autocommit=True) as admin:
        worker = admin.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - interval '10 minutes') returning id"
        ).fetchone()
        assert worker
        rows = admin.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args, status, worker_id) "
            "select 'soon', 'letters.issue', '{}', 'doing', %s from generate_series(1, 3) returning id",
            [worker[0]],
        ).fetchall()
    return [row[0] for row in rows]


def standing(pg: dict[str, Any]) -> list[tuple[str, int]]:
    with psycopg.connect(pg["owner"]) as admin:
        return admin.execute(
            "select status::text, attempts from procrastinate_jobs where task_name = 'letters.issue' order by id"
        ).fetchall()


def test_two_rescues_at_once_put_each_job_back_once(pg: dict[str, Any], dead: list[int]) -> None:
    async def both() -> tuple[int, int]:
        queue = App(connector=PsycopgConnector(conninfo=pg["app"]))
        async with queue.open_async():
            manager = queue.job_manager
            seen = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER))
            faster = await put_back(manager, seen[:2])
            return faster, await put_back(manager, seen)

    assert asyncio.run(both()) == (2, 1)
    assert standing(pg) == [("todo", 1)] * len(dead)
