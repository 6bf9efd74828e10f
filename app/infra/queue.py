"""Builds the queue library's worker from the registered tasks; beside `jobs`, the only file that knows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import procrastinate
from procrastinate import App, PsycopgConnector

from app.infra.jobs import TASKS, GrowingPauses, run_task
from app.infra.services import Services

Wrap = Callable[[Callable[..., Any]], Callable[..., Any]]
STALLED_AFTER = 60
"""Seconds without a heartbeat after which a job's worker counts as dead."""


def build_worker(database_url: str, wrap: Wrap) -> App:
    """An App with all TASKS; *wrap* puts each run into an application context and passes Services first."""
    queue = App(
        connector=PsycopgConnector(
            conninfo=database_url, max_size=6, kwargs={"options": "-c timezone=UTC"}
        )
    )
    for task in TASKS.values():
        _add(queue, task.name, wrap)
    _add_rescue(queue)
    return queue


def _add(queue: App, name: str, wrap: Wrap) -> None:
    task = TASKS[name]

    def run(services: Services, **args: Any) -> None:
        run_task(services, name, args)

    registered = queue.task(name=name, queue=task.queue, retry=GrowingPauses())(wrap(run))
    if task.cron:
        queue.periodic(cron=task.cron, periodic_id=name)(registered)


def _add_rescue(queue: App) -> None:
    """Stalled jobs are never retried by themselves: every minute we look for them."""

    @queue.periodic(cron="* * * * *", periodic_id="jobs.rescue")
    @queue.task(name="jobs.rescue", queue="soon", pass_context=True)
    async def rescue(context: procrastinate.JobContext, timestamp: int) -> None:
        del timestamp
        manager = context.app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
            await manager.retry_job(job)
