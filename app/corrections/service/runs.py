"""Large batches in the background: asked for, how far, stopped, and what came of it. The work itself is `batches`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, text

from app.accounts.rules import Permission, require
from app.corrections.commands import ExportBatch, LockBatch
from app.corrections.models import BatchLine, BatchRun
from app.corrections.rules.runs import LARGE, LIVE, BatchRunState, RunAct
from app.corrections.service.batches import check_export, check_lock
from app.history.service import record
from app.infra.db.transaction import Tx, brief
from app.infra.jobs import defer
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, RedressError, Refused
from app.kernel.words import Words
from app.kernel.words import words as _

RUN = "batches.run"
_NEEDS = {RunAct.LOCK: Permission.BATCH_LOCK, RunAct.EXPORT: Permission.BATCH_EXPORT}


def is_large(tx: Tx, batch_id: UUID) -> bool:
    """True for a batch that is locked and exported in the background."""
    some = (
        select(BatchLine.id).where(BatchLine.batch_id == batch_id, BatchLine.live).limit(LARGE + 1)
    )
    return (tx.scalar(select(func.count()).select_from(some.subquery())) or 0) > LARGE


def ask_lock(tx: Tx, command: LockBatch, actor: Actor, clock: Clock) -> UUID:
    """Have a large batch locked. Raises what `lock_batch` raises, as far as can be said before."""
    refuse_running(tx, command.batch_id)
    check_lock(tx, command, actor, clock)
    day = command.posting_date.isoformat() if command.posting_date else ""
    return _ask(
        tx, command.batch_id, RunAct.LOCK, {"version": command.version, "day": day}, actor, clock
    )


def ask_export(tx: Tx, command: ExportBatch, actor: Actor, clock: Clock) -> UUID | None:
    """Have the file of a large batch written; None when there is one for that purpose. Raises as `export_batch`."""
    refuse_running(tx, command.batch_id)
    if check_export(tx, command, actor, clock)[0]:
        return None
    return _ask(tx, command.batch_id, RunAct.EXPORT, {"format": command.format}, actor, clock)


def refuse_running(tx: Tx, batch_id: UUID) -> None:
    """Pass while nothing goes on with this batch. Raises Refused."""
    if tx.scalar(
        select(BatchRun.id).where(BatchRun.batch_id == batch_id, BatchRun.state.in_(LIVE))
    ):
        raise Refused(
            "batch_busy",
            _(
                "This batch is being locked or exported right now. Wait until that has ended, or stop it."
            ),
        )


def _ask(
    tx: Tx, batch_id: UUID, act: RunAct, asked: dict[str, Any], actor: Actor, clock: Clock
) -> UUID:
    total = tx.scalar(
        select(func.count())
        .select_from(BatchLine)
        .where(BatchLine.batch_id == batch_id, BatchLine.live)
    )
    row = BatchRun(
        id=uuid4(), batch_id=batch_id, act=act, asked=asked, state=BatchRunState.WAITING, total=total or 0,
        by_id=actor.person_id, at=clock.now(),
    )  # fmt: skip
    tx.add(row)
    _note(tx, row, "batch_run.asked", actor, clock, batch=str(batch_id), act=act.value)
    defer(tx, RUN, {"run_id": str(row.id)})
    return row.id


@dataclass(frozen=True, slots=True)
class AskedRun:
    """A run that is to be worked off. *command*: what was asked for."""

    batch_id: UUID
    command: LockBatch | ExportBatch
    total: int
    by_id: UUID


def begin_run(tx: Tx, run_id: UUID, actor: Actor, clock: Clock) -> AskedRun | None:
    """What to do, marked as begun; None when it ended meanwhile. Safe to repeat: it begins anew."""
    row = _locked(tx, run_id)
    if row.state not in LIVE:
        return None
    if row.state == BatchRunState.WAITING:
        row.state = BatchRunState.RUNNING
        _note(tx, row, "batch_run.begun", actor, clock)
    row.started_at, row.done = clock.now(), 0
    return AskedRun(row.batch_id, _command(row), row.total, row.by_id)


def _command(row: BatchRun) -> LockBatch | ExportBatch:
    if row.act == RunAct.EXPORT:
        return ExportBatch(row.batch_id, row.asked["format"])
    day = row.asked["day"]
    return LockBatch(row.batch_id, row.asked["version"], date.fromisoformat(day) if day else None)


def say_progress(run_id: UUID, done: int, actor: Actor) -> bool:
    """Note how far it is, at once and beside the transaction at hand; False when somebody stopped it."""
    with brief(actor) as tx:
        told = tx.connection().execute(
            text(
                "update batch_run set done = :done where id = :id and state = 'running' returning id"
            ),
            {"done": done, "id": run_id},
        )
        return told.first() is not None


def end_done(tx: Tx, run_id: UUID, actor: Actor, clock: Clock) -> None:
    """It is done, in the same transaction. Raises Refused when somebody stopped it first: then nothing of it may stay."""
    row = _locked(tx, run_id)
    if row.state != BatchRunState.RUNNING:
        raise Refused("stopped", _("Somebody stopped this meanwhile."))
    row.state, row.done, row.ended_at = BatchRunState.DONE, row.total, clock.now()
    _note(tx, row, "batch_run.done", actor, clock)


def end_refused(
    tx: Tx, run_id: UUID, error: RedressError | None, actor: Actor, clock: Clock
) -> None:
    """Nothing of it was done, and why; *error*: None for what nobody foresaw. Without effect on one that ended."""
    row = _locked(tx, run_id)
    if row.state not in LIVE:
        return
    row.state, row.ended_at = BatchRunState.REFUSED, clock.now()
    row.outcome = error.code if error else "failed"
    row.said = _stored(error) if error else {}
    _note(tx, row, "batch_run.refused", actor, clock, outcome=row.outcome)


def cancel_run(tx: Tx, run_id: UUID, actor: Actor, clock: Clock) -> None:
    """Stop it; nothing of it is done. Raises Forbidden, NotFound, Refused when it ended already."""
    row = _locked(tx, run_id)
    require(actor, _NEEDS[RunAct(row.act)])
    if row.state not in LIVE:
        raise Refused("ended", _("This has ended already. Nothing was changed."))
    row.state, row.ended_at = BatchRunState.CANCELLED, clock.now()
    _note(tx, row, "batch_run.stopped", actor, clock)


def _stored(error: RedressError) -> dict[str, Any]:
    """The sentence as template and values, so that each reader gets it in their language."""
    said = error.message if isinstance(error.message, Words) else Words(str(error.message), {})
    values = {
        name: value if isinstance(value, int) else str(value) for name, value in said.params.items()
    }
    return {"template": said.template, "values": values}


def _locked(tx: Tx, run_id: UUID) -> BatchRun:
    row = tx.scalar(
        select(BatchRun)
        .where(BatchRun.id == run_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


def _note(tx: Tx, row: BatchRun, verb: str, actor: Actor, clock: Clock, **data: Any) -> None:
    tx.flush()
    record(tx, actor, clock, verb=verb, subject=("batch_run", row.id), data=data)
