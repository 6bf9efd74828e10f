"""Large batches in the background: how far one is, or what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from app.accounts.models import Person
from app.accounts.rules import Permission, require
from app.corrections.models import BatchRun
from app.corrections.rules.runs import LIVE, BatchRunState, RunAct, percent_of, seconds_left
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.words import Words


@dataclass(frozen=True, slots=True)
class BatchRunView:
    """*total*, *done*: corrections. *seconds_left*: None while nobody can say. *why*: empty unless it was refused for a
    reason that we have words for; *outcome*: the code of that reason.
    """

    id: UUID
    batch_id: UUID
    act: RunAct
    state: BatchRunState
    total: int
    done: int
    percent: int
    seconds_left: int | None
    outcome: str
    why: Words | None
    by: str
    at: datetime
    ended_at: datetime | None

    @property
    def is_live(self) -> bool:
        """True until it ended."""
        return self.state in LIVE


def run_view(tx: Tx, actor: Actor, clock: Clock, run_id: UUID) -> BatchRunView:
    """One run. Raises Forbidden, NotFound. One statement."""
    require(actor, Permission.BATCH_READ)
    found = tx.execute(_runs().where(BatchRun.id == run_id)).first()
    if found is None:
        raise NotFound
    return _view(found[0], found[1], clock.now())


def last_run_of(tx: Tx, actor: Actor, clock: Clock, batch_id: UUID) -> BatchRunView | None:
    """The run of a batch that goes on, or else its newest. Raises Forbidden. One statement."""
    require(actor, Permission.BATCH_READ)
    newest = (
        _runs()
        .where(BatchRun.batch_id == batch_id)
        .order_by(BatchRun.ended_at.is_(None).desc(), BatchRun.at.desc())
        .limit(1)
    )
    found = tx.execute(newest).first()
    return _view(found[0], found[1], clock.now()) if found else None


def _runs() -> Select[BatchRun, str]:
    return select(BatchRun, Person.name).join(Person, Person.id == BatchRun.by_id)


def _view(row: BatchRun, by: str, now: datetime) -> BatchRunView:
    state = BatchRunState(row.state)
    left = seconds_left(row.total, row.done, row.started_at, now)
    why = Words(row.said["template"], row.said["values"]) if row.said else None
    return BatchRunView(
        row.id, row.batch_id, RunAct(row.act), state, row.total, row.done, percent_of(row.total, row.done),
        left if state is BatchRunState.RUNNING else None, row.outcome, why, by, row.at, row.ended_at,
    )  # fmt: skip
