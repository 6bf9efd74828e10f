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
_REASON = text("""
    select error, raised_at_line from job_failure
    where task = :task and job_key = :key order by id desc limit 1""")
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
    """Newest first; *before* is the id of the last one already seen."""
    found = []
    for row in tx.execute(_PARKED, {"before": before, "limit": limit}).all():
        key = {"task": row.task_name, "key": job_key(row.args)}
        why = tx.execute(_REASON, key).first()
        error, line = (why.error, why.raised_at_line) if why else ("", "")
        found.append(
            ParkedJob(
                row.id,
                row.task_name,
                row.queue_name,
                row.attempts,
                row.args,
                row.parked_at,
                error,
                line,
            )
        )
    return found


def retry_parked(tx: Tx, job_id: int) -> str | None:
    """Put it back at the end of its queue with all attempts anew; its name, or None when it is not parked."""
    row = tx.execute(_RETRY, {"id": job_id}).first()
    return str(row.task_name) if row else None
