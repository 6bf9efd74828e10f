"""Background work of large batches: locking one, writing its file. Killed at any moment it has done nothing, or all."""

from __future__ import annotations

import time
from uuid import UUID

from app.accounts.queries import actor_of
from app.corrections.commands import LockBatch
from app.corrections.rules.runs import Say, done_of
from app.corrections.service.batches import export_batch, lock_batch
from app.corrections.service.runs import (
    RUN,
    AskedRun,
    begin_run,
    end_done,
    end_refused,
    say_progress,
)
from app.infra.db.transaction import Tx, transaction
from app.infra.jobs import Run, job
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, Invalid, NotFound, RedressError, Refused, Stale
from app.workflows.rails import rails_from

SAY_EVERY = 0.5
"""Seconds between two looks at whether somebody stopped it."""


class _Stopped(Exception):
    """Nobody wants it any more."""


@job(RUN, queue="later")
def run_batch(run: Run, run_id: str) -> None:
    """Lock or export as the person who asked, in one transaction with the run's end. Safe to repeat: it begins anew.

    What nobody foresaw ends it too; the next try does nothing.
    """
    which = UUID(run_id)
    with run.transaction() as tx:
        asked = begin_run(tx, which, run.actor, run.clock)
        actor = actor_of(tx, asked.by_id) if asked else None
    if asked is None or actor is None:
        return
    try:
        with transaction(actor) as tx:
            _do(tx, run, asked, actor, _saying(run, which, asked.total))
            end_done(tx, which, actor, run.clock)
    except _Stopped:
        return
    except (Refused, Forbidden, NotFound, Invalid, Stale) as error:
        _refuse(run, which, error)
    except RedressError:
        raise  # The store or the database is away: it is tried again.
    except Exception:
        _refuse(run, which, None)  # Nobody waits before a page that never changes.
        raise


def _do(tx: Tx, run: Run, asked: AskedRun, actor: Actor, say: Say) -> None:
    command, ports = asked.command, run.services
    if isinstance(command, LockBatch):
        lock_batch(tx, command, actor, run.clock, say)
    else:
        rails = rails_from(ports.settings)
        export_batch(tx, command, ports.storage, actor, run.clock, rails, say)


def _saying(run: Run, which: UUID, total: int) -> Say:
    """Tells how far it is, in a transaction of its own, now and then. Raises _Stopped."""
    told = [0.0]

    def say(step: int, count: int) -> None:
        now = time.monotonic()
        if now - told[0] < SAY_EVERY:
            return
        told[0] = now
        if not say_progress(which, done_of(total, step, count), run.actor):
            raise _Stopped

    return say


def _refuse(run: Run, which: UUID, error: RedressError | None) -> None:
    with run.transaction() as tx:
        end_refused(tx, which, error, run.actor, run.clock)
