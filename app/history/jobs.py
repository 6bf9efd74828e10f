"""The daily seal over all chains."""

from __future__ import annotations

from app.history.service import seal_day
from app.infra.jobs import Run, job


@job("history.seal_day", queue="later", cron="5 0 * * *")
def seal_day_job(run: Run, timestamp: int = 0) -> None:
    """Seal the day. Safe to repeat: one seal a day."""
    del timestamp
    with run.transaction() as tx:
        seal_day(tx, run.clock)
