"""Numbers for Prometheus (RELIABILITY G): what processes count, and what the database says when it is asked.

Labels are routes, kinds and roles of ours, never what people are called or typed. With several web processes
the start names a folder (PROMETHEUS_MULTIPROC_DIR) in which all of them count together.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import text

from app.infra.counters import OWN
from app.infra.db.transaction import Tx
from app.infra.health import QUEUED_AT, WAITS_SINCE
from app.infra.parked import job_counts

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FOLDER = "PROMETHEUS_MULTIPROC_DIR"

MARKS = ("backup", "restore_drill", "history_verified")
"""what is done outside or rarely, and noted when it was done"""
_MARK = text("""
    insert into operations_mark (name, at) values (:name, :at)
    on conflict (name) do update set at = greatest(operations_mark.at, excluded.at)""")
_OLDEST = text(f"""
    select j.task_name, coalesce(extract(epoch from now() - min({WAITS_SINCE})), 0)
    from procrastinate_jobs j {QUEUED_AT}
    where j.status = 'todo' and {WAITS_SINCE} <= now() group by 1""")  # noqa: S608 - our own words only
_NUMBERS = text("""
    select
      (select count(*) from clock where state = 'running' and due_at >= :now and due_at < :now + interval '1 day'),
      (select count(*) from clock where state = 'running' and due_at < :now),
      (select count(*) from evidence_item where state = 'quarantined'),
      (select coalesce(sum(size), 0) from evidence_item where state = 'quarantined'),
      (select coalesce(cardinality(broken), 0) from invariant_run order by id desc limit 1),
      (select extract(epoch from :now - at) from invariant_run order by id desc limit 1)""")
_AGES = text("select name, extract(epoch from :now - at) from operations_mark")


def note_mark(tx: Tx, name: str, at: datetime) -> None:
    """Something was done at *at*. Raises ValueError for what is no mark"""
    if name not in MARKS:
        raise ValueError(name)
    tx.execute(_MARK, {"name": name, "at": at})


def exposition(tx: Tx | None, now: datetime) -> bytes:
    """Everything as text. *tx*: None while the database is away; then only what processes count"""
    registry = OWN
    if os.environ.get(FOLDER):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    asked = CollectorRegistry()
    asked.register(_Asked(tx, now))
    return generate_latest(registry) + generate_latest(asked)


class _Asked(Collector):
    """what only the database knows, asked in five statements"""

    def __init__(self, tx: Tx | None, now: datetime) -> None:
        self._tx, self._now = tx, now

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing in advance: asking costs"""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge after the other"""
        yield _gauge("redress_database_up", "the database answers", 1 if self._tx else 0)
        if self._tx is None:
            return
        yield from _of_jobs(self._tx)
        yield from _of_rows(self._tx, self._now)
        ages = GaugeMetricFamily("redress_age_seconds", "since it was done last", labels=["what"])
        for name, age in self._tx.execute(_AGES, {"now": self._now}):
            ages.add_metric([name], float(age))
        yield ages


def _of_jobs(tx: Tx) -> Iterator[GaugeMetricFamily]:
    depth = GaugeMetricFamily("redress_jobs", "jobs by kind and state", labels=["kind", "state"])
    for task, states in job_counts(tx).items():
        for state, many in states.items():
            depth.add_metric([task, state.value], many)
    yield depth
    oldest = {task: float(age) for task, age in tx.execute(_OLDEST)}
    waits = GaugeMetricFamily(
        "redress_job_oldest_seconds", "how long the longest due job waits", labels=["kind"]
    )
    for task, age in oldest.items():
        waits.add_metric([task], age)
    yield waits
    yield _gauge(
        "redress_outbox_oldest_seconds",
        "how long the oldest event waits to be told",
        oldest.get("outbox.react", 0),
    )


def _of_rows(tx: Tx, now: datetime) -> Iterator[GaugeMetricFamily]:
    due, overdue, files, size, broken, age = tx.execute(_NUMBERS, {"now": now}).one()
    deadlines = GaugeMetricFamily("redress_deadlines", "running clocks", labels=["state"])
    deadlines.add_metric(["due"], due)
    deadlines.add_metric(["overdue"], overdue)
    yield deadlines
    yield _gauge("redress_quarantine_files", "files that nobody opens", files)
    yield _gauge("redress_quarantine_bytes", "their size", float(size))
    yield _gauge("redress_invariants_broken", "in the last run; alert at 1", broken or 0)
    if age is not None:
        yield _gauge("redress_invariants_age_seconds", "since that run", float(age))


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)
