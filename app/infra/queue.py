"""Builds the queue library's worker from the registered tasks; beside `jobs`, the only file that knows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import procrastinate
import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

from app.infra.jobs import TASKS, GrowingPauses, run_task
from app.infra.services import Services

log = structlog.get_logger()
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
    @queue.task(name="jobs.rescue", queue="soon", retry=GrowingPauses(), pass_context=True)
    async def rescue(context: procrastinate.JobContext, timestamp: int) -> None:
        del timestamp
        manager = context.app.job_manager
        await put_back(
            manager, await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER)
        )


async def put_back(manager: JobManager, stalled: Iterable[Job]) -> int:
    """Queue the jobs of dead workers again; returns how many.

    Two rescues may run at once, since one that was killed is itself put back. The slower one finds jobs that are queued
    already, which the library refuses: that is no failure, and the rest still waits to be put back.
    """
    done = 0
    for job in stalled:
        try:
            await manager.retry_job(job)
        except ConnectorException as refusal:
            log.info("rescue_passed_over", job=job.task_name, error=str(refusal.__cause__))
            continue
        done += 1
    return done
