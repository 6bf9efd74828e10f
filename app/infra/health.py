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


_QUEUES = text("""
    select j.queue_name, count(*) filter (where j.status = 'todo'), count(*) filter (where j.status = 'doing'),
           count(*) filter (where j.status = 'failed'),
           coalesce(extract(epoch from now() - min(coalesce(j.scheduled_at, e.at))
             filter (where j.status = 'todo' and coalesce(j.scheduled_at, e.at) <= now())), 0)
    from procrastinate_jobs j
    left join lateral (select min(at) as at from procrastinate_events where job_id = j.id) e on true
    where j.status in ('todo', 'doing', 'failed') group by j.queue_name order by j.queue_name""")


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
