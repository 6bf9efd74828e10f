"""Jobs that gave up after their last attempt: listed with the reason, put back by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from app.infra.db.transaction import Tx
from app.infra.jobs import job_key

_PARKED = text("""
    select j.id, j.task_name, j.queue_name, j.attempts, j.args,
           (select max(e.at) from procrastinate_events e where e.job_id = j.id) as parked_at
    from procrastinate_jobs j
    where j.status = 'failed' and j.id < :before
    order by j.id desc limit :limit""")
_REASONS = text("""
    select distinct on (task, job_key) task, job_key, error, raised_at_line from job_failure
    where (task, job_key) in (select * from unnest(cast(:tasks as text[]), cast(:keys as text[])))
    order by task, job_key, id desc""")
_RETRY = text("""
    update procrastinate_jobs set status = 'todo', attempts = 0, scheduled_at = null
    where id = :id and status = 'failed' returning task_name""")
_LAST = 2**62


@dataclass(frozen=True, slots=True)
class ParkedJob:
    """One job that waits for a person. *args* hold identifiers only."""

    id: int
    task: str
    queue: str
    attempts: int
    args: dict[str, Any]
    parked_at: datetime | None
    error: str
    line: str


def parked_jobs(tx: Tx, *, before: int = _LAST, limit: int = 50) -> Sequence[ParkedJob]:
    """Newest first; *before* is the id of the last one already seen. Two statements."""
    rows = tx.execute(_PARKED, {"before": before, "limit": limit}).all()
    keys = [(row.task_name, job_key(row.args)) for row in rows]
    asked = {"tasks": [task for task, _key in keys], "keys": [key for _task, key in keys]}
    why = {
        (row.task, row.job_key): (row.error, row.raised_at_line)
        for row in (tx.execute(_REASONS, asked).all() if rows else ())
    }
    return [
        ParkedJob(
            row.id, row.task_name, row.queue_name, row.attempts, row.args, row.parked_at,
            *why.get(key, ("", "")),
        )
        for row, key in zip(rows, keys, strict=True)
    ]  # fmt: skip


def retry_parked(tx: Tx, job_id: int) -> str | None:
    """Put it back at the end of its queue with all attempts anew; its name, or None when it is not parked."""
    row = tx.execute(_RETRY, {"id": job_id}).first()
    return str(row.task_name) if row else None
