"""Numbers of a running installation for the page of health: queues, mail, versions. Reads only."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import version

from sqlalchemy import text

from app.infra.db.transaction import Tx


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A queue of jobs: how many wait, run and are parked; *oldest*: seconds the longest due one waits."""

    name: str
    waiting: int
    running: int
    parked: int
    oldest: int


QUEUED_AT = "left join lateral (select max(at) as at from procrastinate_events where job_id = j.id) e on true"
"""Joins when a job *j* was queued last: made, or put back by hand or by a retry."""
WAITS_SINCE = "greatest(j.scheduled_at, e.at)"
"""Since when a job can run. A job that is made for a moment that is over waits since it was made, not since then."""
_QUEUES = text(f"""
    select j.queue_name, count(*) filter (where j.status = 'todo'), count(*) filter (where j.status = 'doing'),
           count(*) filter (where j.status = 'failed'),
           coalesce(extract(epoch from now() - min({WAITS_SINCE})
             filter (where j.status = 'todo' and {WAITS_SINCE} <= now())), 0)
    from procrastinate_jobs j {QUEUED_AT}
    where j.status in ('todo', 'doing', 'failed') group by j.queue_name order by j.queue_name""")  # noqa: S608 - our own words only


def queue_rows(tx: Tx) -> tuple[QueueRow, ...]:
    """Every queue that holds something."""
    return tuple(
        QueueRow(name, waiting, running, parked, int(oldest))
        for name, waiting, running, parked, oldest in tx.execute(_QUEUES)
    )


def versions(tx: Tx) -> tuple[tuple[str, str], ...]:
    """What runs here, by name."""
    driver = tx.connection().connection.driver_connection
    server = str(driver.info.parameter_status("server_version")) if driver else ""
    found = [("Python", platform.python_version()), ("PostgreSQL", server)]
    found += [(name, version(name)) for name in ("Flask", "SQLAlchemy", "procrastinate")]
    return tuple(found)
