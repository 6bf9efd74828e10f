"""The sweeper: every minute, by the database's clock, what deadlines have to do; what is due is moved.

One transaction a clock, so that a crash repeats nothing and a poisoned case blocks no other. A clock
never rings twice in one run; a case that somebody holds is met again in the next minute.
"""

from __future__ import annotations

from uuid import UUID

import structlog

from app.cases.commands import ApplyEvent
from app.cases.service.sweep import Wake, due_to_wake, hold_case, postpone, ring
from app.infra.clock import decisive_now
from app.infra.db.transaction import Tx
from app.infra.jobs import Run, job
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Refused
from app.workflows.act import act

MOST = 2_000
"""Clocks in one run; the rest waits a minute."""
log = structlog.get_logger()


@job("clocks.sweep", queue="soon", cron="* * * * *")
def sweep_clocks(run: Run, timestamp: int = 0) -> None:
    """Ring every clock that is due, in order. Safe to repeat: each effect moves its clock's next wake."""
    del timestamp
    with run.transaction() as tx:
        waiting = due_to_wake(tx, decisive_now(tx, run.clock), MOST)
    failed: Exception | None = None
    for clock_id in waiting:
        try:
            with run.transaction() as tx:
                ring_one(tx, clock_id, run.actor, run.clock)
        except Exception as error:  # noqa: BLE001 - one bad case must not stop the others; raised below
            log.warning("clock_failed", error=type(error).__name__)
            failed = failed or error
    if failed is not None:
        raise failed


def ring_one(tx: Tx, clock_id: UUID, actor: Actor, clock: Clock) -> Wake | None:
    """Ring a clock, with the move that is due. None when somebody has its case, or was faster."""
    if not hold_case(tx, clock_id):
        return None
    wake = ring(tx, clock_id, actor, clock, decisive_now(tx, clock))
    if wake is not None and wake.move is not None:
        _move(tx, wake, actor, clock)
    return wake


def _move(tx: Tx, wake: Wake, actor: Actor, clock: Clock) -> None:
    """What silence does, with everything that follows in other rooms."""
    assert wake.move is not None
    try:
        with tx.begin_nested():
            act(tx, ApplyEvent(wake.case_id, wake.move, None), actor, clock)
    except (Refused, Forbidden) as error:
        postpone(tx, wake, error.code, actor, clock, decisive_now(tx, clock))
