"""What people do with background work: start again, park, start a whole kind again; each act with its history."""

from __future__ import annotations

from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.parked import park_job, retry_kind, retry_parked, start_now
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.words import words as _


def start_again(tx: Tx, job_id: int, actor: Actor, clock: Clock) -> str:
    """A parked job begins anew, one that waits for its next try starts now. Returns its name. Raises NotFound."""
    task = retry_parked(tx, job_id) or start_now(tx, job_id)
    if task is None:
        raise NotFound(_("This job is not parked any more."))
    _note(tx, actor, clock, "job.retried", job_id, task)
    return task


def park(tx: Tx, job_id: int, actor: Actor, clock: Clock) -> str:
    """A waiting job is left out until somebody starts it again. Returns its name. Raises NotFound."""
    task = park_job(tx, job_id)
    if task is None:
        raise NotFound(_("This job does not wait any more."))
    _note(tx, actor, clock, "job.parked", job_id, task)
    return task


def start_kind_again(tx: Tx, task: str, actor: Actor, clock: Clock) -> int:
    """All parked jobs of a kind begin anew. Returns how many. Raises NotFound when none is parked."""
    count = retry_kind(tx, task)
    if not count:
        raise NotFound(_("No job of this kind is parked."))
    record(
        tx, actor, clock,
        verb="job.kind_retried", subject=("job_kind", task), data={"count": count},
    )  # fmt: skip
    return count


def _note(tx: Tx, actor: Actor, clock: Clock, verb: str, job_id: int, task: str) -> None:
    record(tx, actor, clock, verb=verb, subject=("job", str(job_id)), data={"task": task})
