"""Jobs as people look after them: what waits, runs, is tried again and gave up; put back or parked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from app.infra.db.transaction import Tx
from app.infra.jobs import cause_of, job_key, own_args


class JobState(StrEnum):
    """failing: it failed and is tried again by itself; parked: it gave up and waits for a person."""

    WAITING = "waiting"
    RUNNING = "running"
    FAILING = "failing"
    PARKED = "parked"


_WHERE = {
    JobState.WAITING: "j.status = 'todo' and j.attempts = 0",
    JobState.RUNNING: "j.status = 'doing'",
    JobState.FAILING: "j.status = 'todo' and j.attempts > 0",
    JobState.PARKED: "j.status = 'failed'",
}
_LIST = """
    select j.id, j.task_name, j.queue_name, j.attempts, j.args, j.scheduled_at,
           (select min(e.at) from procrastinate_events e where e.job_id = j.id) as since,
           (select max(e.at) from procrastinate_events e where e.job_id = j.id) as changed
    from procrastinate_jobs j
    where {where} and j.id < :before and (:task = '' or j.task_name = :task)
    order by j.id desc limit :limit"""
_PAGES = {state: text(_LIST.format(where=where)) for state, where in _WHERE.items()}
_COUNTS = text("""
    select j.task_name, case j.status when 'doing' then 'running' when 'failed' then 'parked'
             else case when j.attempts > 0 then 'failing' else 'waiting' end end as state, count(*) as many
    from procrastinate_jobs j where j.status in ('todo', 'doing', 'failed') group by 1, 2 order by 1, 2""")
_REASONS = text("""
    select distinct on (task, job_key) task, job_key, error, raised_at_line from job_failure
    where (task, job_key) in (select * from unnest(cast(:tasks as text[]), cast(:keys as text[])))
    order by task, job_key, id desc""")
# A job of the same lock that waits already does the work: both cannot wait.
_FREE = """(queueing_lock is null or not exists (select 1 from procrastinate_jobs other
    where other.queueing_lock = procrastinate_jobs.queueing_lock and other.status = 'todo'))"""
_RETRY = text(f"""
    update procrastinate_jobs set status = 'todo', attempts = 0, scheduled_at = null
    where id = :id and status = 'failed' and {_FREE} returning task_name""")  # noqa: S608 - words of our own
_RETRY_KIND = text(f"""
    update procrastinate_jobs set status = 'todo', attempts = 0, scheduled_at = null
    where task_name = :task and status = 'failed' and {_FREE} returning id""")  # noqa: S608 - words of our own
_NOW = text("""
    update procrastinate_jobs set scheduled_at = null
    where id = :id and status = 'todo' and attempts > 0 returning task_name""")
_PARK = text("""
    update procrastinate_jobs set status = 'failed' where id = :id and status = 'todo' returning task_name""")
_LAST = 2**62


@dataclass(frozen=True, slots=True)
class ParkedJob:
    """One job. *args* hold identifiers only; *error*: the kind of its last failure, never its text.

    *parked_at*: when it changed last. *since*: when it was asked for. *due_at*: not before then, if said.
    *request_id*: of the request that caused it, as in the log.
    """

    id: int
    task: str
    queue: str
    attempts: int
    args: dict[str, Any]
    parked_at: datetime | None
    error: str
    line: str
    since: datetime | None = None
    due_at: datetime | None = None
    request_id: str = ""


def parked_jobs(tx: Tx, *, before: int = _LAST, limit: int = 50) -> Sequence[ParkedJob]:
    """Newest first; *before* is the id of the last one already seen. Two statements."""
    return jobs_in(tx, JobState.PARKED, before=before, limit=limit)


def jobs_in(
    tx: Tx, state: JobState, *, task: str = "", before: int = _LAST, limit: int = 50
) -> Sequence[ParkedJob]:
    """Jobs of a state, of one kind or of all; the newest first. Two statements."""
    rows = tx.execute(_PAGES[state], {"before": before, "limit": limit, "task": task}).all()
    keys = [(row.task_name, job_key(row.args)) for row in rows]
    asked = {"tasks": [task for task, _key in keys], "keys": [key for _task, key in keys]}
    why = {
        (row.task, row.job_key): (row.error, row.raised_at_line)
        for row in (tx.execute(_REASONS, asked).all() if rows else ())
    }
    return [
        ParkedJob(
            row.id, row.task_name, row.queue_name, row.attempts, own_args(row.args), row.changed,
            *why.get(key, ("", "")), row.since, row.scheduled_at, cause_of(row.args),
        )
        for row, key in zip(rows, keys, strict=True)
    ]  # fmt: skip


def job_counts(tx: Tx) -> dict[str, dict[JobState, int]]:
    """How many jobs of each kind are in each state; kinds without any are left out. One statement."""
    found: dict[str, dict[JobState, int]] = {}
    for row in tx.execute(_COUNTS):
        found.setdefault(row.task_name, {})[JobState(row.state)] = int(row.many)
    return found


def retry_parked(tx: Tx, job_id: int) -> str | None:
    """Put it back at the end of its queue with all attempts anew; its name, or None when it is not parked."""
    row = tx.execute(_RETRY, {"id": job_id}).first()
    return str(row.task_name) if row else None


def retry_kind(tx: Tx, task: str) -> int:
    """Put all parked jobs of a kind back; how many."""
    return len(tx.execute(_RETRY_KIND, {"task": task}).all())


def start_now(tx: Tx, job_id: int) -> str | None:
    """Do not wait for the next try of a job that failed; its name, or None when it does not wait for one."""
    row = tx.execute(_NOW, {"id": job_id}).first()
    return str(row.task_name) if row else None


def park_job(tx: Tx, job_id: int) -> str | None:
    """Take a waiting job out of its queue until a person puts it back; its name, or None when it does not wait."""
    row = tx.execute(_PARK, {"id": job_id}).first()
    return str(row.task_name) if row else None
