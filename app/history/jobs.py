"""The daily seal over all chains, and the nightly walk along them."""

from __future__ import annotations

import structlog

from app.history.service import seal_day, verify
from app.infra.jobs import Run, job
from app.infra.metrics import note_mark

log = structlog.get_logger()


@job("history.seal_day", queue="later", cron="5 0 * * *")
def seal_day_job(run: Run, timestamp: int = 0) -> None:
    """Seal the day. Safe to repeat: one seal a day."""
    del timestamp
    with run.transaction() as tx:
        seal_day(tx, run.clock)


@job("history.verify", queue="later", cron="40 4 * * *")
def verify_job(run: Run, timestamp: int = 0) -> None:
    """Walk every chain; a break stands in the log and leaves the mark as old as it was. Safe to repeat."""
    del timestamp
    with run.transaction() as tx:
        if verify(tx) is None:
            note_mark(tx, "history_verified", run.clock.now())
        else:
            log.error("history_broken")
