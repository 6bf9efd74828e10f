"""Background work on the same PostgreSQL: a job is deferred in the transaction that caused it.

Rooms register handlers by name; only this module knows the queue library. At least once, so every
handler keys its effect (`once`). Eight attempts with growing pauses, then parked and shown.
"""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import procrastinate
import structlog
from procrastinate import RetryDecision
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import JobDeferrer
from procrastinate.retry import BaseRetryStrategy
from sqlalchemy import text

from app.infra.counters import JOBS_ENDED
from app.infra.db.kept import ask
from app.infra.db.transaction import Tx, transaction
from app.infra.services import Services
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused

log = structlog.get_logger()
REQUEST = "request_id"
"""The name under which a request's id stands in lines of the log."""
_CARRIED = "_request"
"""The name under which it travels with a job; handlers never see it."""
PAUSES = (2, 10, 30, 120, 600, 1800, 7200)
"""Seconds before the second to the eighth attempt."""


@dataclass(frozen=True)
class Run:
    """What a handler gets: ports, clock, and transactions as the system under the job's name.

    *happened*: of a reaction, id and time of the event that it answers.
    """

    name: str
    services: Services
    happened: tuple[UUID, datetime] | None = None

    @property
    def clock(self) -> Clock:
        """The clock of the process."""
        return self.services.clock

    @property
    def actor(self) -> Actor:
        """The system, named after this job, so that history says who did it."""
        return Actor.system(f"job:{self.name}")

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """One transaction of the system; a handler may use several, one after the other."""
        with transaction(self.actor) as tx:
            yield tx


Handler = Callable[..., None]


@dataclass(frozen=True)
class Task:
    """A registered handler: `handler(run, **args)`, its queue, and its cron line when periodic."""

    name: str
    handler: Handler
    queue: str
    cron: str | None


TASKS: dict[str, Task] = {}


def job(name: str, *, queue: str = "soon", cron: str | None = None) -> Callable[[Handler], Handler]:
    """Register `handler(run: Run, **args)` under *name*; *cron* makes it periodic (five fields, UTC)."""

    def register(handler: Handler) -> Handler:
        if name in TASKS and TASKS[name].handler is not handler:
            raise RuntimeError(f"two handlers for job {name}")
        TASKS[name] = Task(name, handler, queue, cron)
        return handler

    return register


class GrowingPauses(BaseRetryStrategy):
    """Eight attempts in all; what can never succeed is parked at once."""

    def get_retry_decision(
        self, *, exception: BaseException, job: QueuedJob
    ) -> RetryDecision | None:
        """The next pause, or None to park."""
        if isinstance(exception, NotFound | Forbidden | Invalid | Refused):
            return None
        if job.attempts >= len(PAUSES):
            return None
        return RetryDecision(retry_in={"seconds": PAUSES[job.attempts]})


_deferring = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
"""Never opened: deferring always rides on the caller's own connection."""


def defer(
    tx: Tx,
    name: str,
    args: dict[str, Any],
    *,
    at: datetime | None = None,
    lock: str | None = None,
    queueing_lock: str | None = None,
) -> None:
    """Queue *name* inside the caller's transaction: invisible before its commit, gone on rollback.

    *at*: earliest start, aware UTC. *lock*: jobs with one lock run one after the other. The id of the request
    at hand travels along, so that the job's lines in the log name it, and those of the jobs that it causes.
    """
    _task(tx, name, at, lock, queueing_lock).defer(**_carried(args))


_QUEUE = text(
    "select procrastinate_defer_jobs_v1(array(select cast(row(cast(:queue as text), cast(:name as text), 0, null, null, args, "
    "null) as procrastinate_job_to_defer_v1) from jsonb_array_elements(cast(:many as jsonb)) as args)) as ids"
)
"""By the library's own door in the database, which it numbers so that it stays: every act of the product goes through it."""


def defer_each(tx: Tx, name: str, many: Iterable[dict[str, Any]]) -> None:
    """Queue *name* once for each arguments, in one kept statement; otherwise as `defer` without locks and times."""
    wanted = [_carried(args) for args in many]
    if wanted:
        queue = TASKS[name].queue if name in TASKS else "soon"
        ask(tx, _QUEUE, {"queue": queue, "name": name, "many": json.dumps(wanted)})


def _task(
    tx: Tx, name: str, at: datetime | None, lock: str | None, queueing_lock: str | None
) -> JobDeferrer:
    """The task, to be queued on the caller's own connection."""
    tx.flush()
    task = TASKS.get(name)
    return _deferring.configure_task(
        name,
        allow_unknown=True,
        queue=task.queue if task else "soon",
        schedule_at=at,
        lock=lock,
        queueing_lock=queueing_lock,
        connection=tx.connection().connection.driver_connection,
    )


def _carried(args: dict[str, Any]) -> dict[str, Any]:
    cause = structlog.contextvars.get_contextvars().get(REQUEST)
    return {**args, _CARRIED: cause} if cause else args


def once(tx: Tx, key: str) -> bool:
    """Claim the effect *key* in this transaction; False when it was done before. Makes handlers idempotent."""
    result = tx.execute(
        text("insert into effect (key) values (:key) on conflict do nothing returning key"),
        {"key": key},
    )
    return result.first() is not None


def run_task(services: Services, name: str, args: dict[str, Any]) -> None:
    """Run a handler now in this process; the worker and tests share it. Failures are recorded, then raised.

    Each run is a line of the log, under the id of the request that caused it.
    """
    own, began = own_args(args), time.monotonic()
    with structlog.contextvars.bound_contextvars(job=name, **_cause(args)):
        try:
            TASKS[name].handler(Run(name, services), **own)
        except Exception as error:
            JOBS_ENDED.labels(name, "failed").inc()
            log.warning("job_failed", error=type(error).__name__, ms=_since(began))
            _record_failure(name, own, error)
            raise
        JOBS_ENDED.labels(name, "done").inc()
        log.info("job_done", ms=_since(began))


def own_args(args: dict[str, Any]) -> dict[str, Any]:
    """What the handler is called with."""
    return {key: value for key, value in args.items() if key != _CARRIED}


def cause_of(args: dict[str, Any]) -> str:
    """The id of the request that caused a job; empty for work of the house itself."""
    return str(args.get(_CARRIED, ""))


def _cause(args: dict[str, Any]) -> dict[str, str]:
    return {REQUEST: cause_of(args)} if cause_of(args) else {}


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _record_failure(name: str, args: dict[str, Any], error: Exception) -> None:
    """Keep the newest error of a job for the page of parked jobs; the text of the error, never the payload."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    with transaction(Actor.system(f"job:{name}")) as tx:
        tx.execute(
            text(
                "insert into job_failure (task, job_key, error, raised_at_line) "
                "values (:task, :key, :error, :line)"
            ),
            {"task": name, "key": job_key(args), "error": type(error).__name__, "line": where},
        )


def job_key(args: dict[str, Any]) -> str:
    """A stable word for a job's arguments: sorted `name=value`, identifiers only."""
    own = own_args(args)
    return " ".join(f"{key}={own[key]}" for key in sorted(own) if key != "timestamp")
