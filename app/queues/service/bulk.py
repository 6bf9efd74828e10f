"""Rows of a bulk run: planned, claimed one by one, settled. What is done to the case is done by `workflows.bulk`."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update

from app.accounts.rules import Permission, require
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.words import words as _
from app.queues.commands import PlanRun
from app.queues.events import BulkStarted
from app.queues.models import BulkRow, BulkRun
from app.queues.rules.bulk import AT_ONCE, MOVES, BulkAct, Result, RunState, most_of


def require_act(actor: Actor, act: BulkAct) -> None:
    """Raise `Forbidden` unless the role does this to single cases too."""
    needed = Permission.CASE_ACT if act in MOVES else Permission.CASE_TRIAGE
    require(actor, Permission.NOTE_ADD if act is BulkAct.MACRO else needed)


def require_few(act: BulkAct, count: int) -> None:
    """Raise `Invalid` for none or too many."""
    most = most_of(act)
    if count == 0:
        raise Invalid("case", "none", _("Choose at least one case."))
    if count > most:
        raise Invalid(
            "case", "too_many", _("At most %(most)d cases at once. Narrow the filter.", most=most)
        )


def plan_run(tx: Tx, command: PlanRun, actor: Actor, clock: Clock) -> UUID:
    """Keep what was looked at: the run and a row for each case. Nothing is changed yet."""
    require_act(actor, command.act)
    require_few(command.act, len(command.rows))
    run_id = uuid4()
    tx.add(
        BulkRun(
            id=run_id, by_id=actor.person_id, act=command.act.value, given=command.given, query=command.query,
            state=RunState.PREVIEWED.value, created_at=clock.now(),
        )
    )  # fmt: skip
    tx.flush()
    rows: list[dict[str, Any]] = [
        {
            "run_id": run_id, "case_id": one.chosen.case_id, "position": number, "version": one.chosen.version,
            "result": one.result.value, "reason": one.reason, "given": one.given, "before": {},
        }
        for number, one in enumerate(command.rows, start=1)
    ]  # fmt: skip
    tx.execute(insert(BulkRow), rows)
    return run_id


def start_run(tx: Tx, run_id: UUID, actor: Actor, clock: Clock) -> bool:
    """Begin: True when the work is small enough to wait for, else it goes on in the background.

    Raises `NotFound` for another's run, `Refused` when it began before (a second press).
    """
    run = _own(tx, run_id, actor)
    if run.state != RunState.PREVIEWED:
        raise Refused("started", _("This was started already."))
    waiting = tx.execute(
        select(BulkRow.case_id).where(BulkRow.run_id == run_id, BulkRow.result == Result.WAITING)
    ).all()
    run.state, run.started_at = RunState.RUNNING.value, clock.now()
    record(
        tx, actor, clock, verb="bulk.started", subject=("bulk_run", run_id),
        data={"act": run.act, "cases": len(waiting), "query": run.query},
    )  # fmt: skip
    if len(waiting) <= AT_ONCE:
        return True
    emit(tx, BulkStarted(None, run_id))
    return False


def _own(tx: Tx, run_id: UUID, actor: Actor) -> BulkRun:
    query = select(BulkRun).where(BulkRun.id == run_id).with_for_update()
    if not actor.is_system:
        query = query.where(BulkRun.by_id == actor.person_id)
    run = tx.execute(query).scalar_one_or_none()
    if run is None:
        raise NotFound("run")
    return run


def claim_row(tx: Tx, run_id: UUID, case_id: UUID, result: Result) -> BulkRow | None:
    """The row of a case while it still has *result*, locked until the commit; None when somebody was quicker."""
    return tx.execute(
        select(BulkRow)
        .where(BulkRow.run_id == run_id, BulkRow.case_id == case_id, BulkRow.result == result)
        .with_for_update()
    ).scalar_one_or_none()


def settle_row(  # noqa: PLR0913 - one keyword a column
    tx: Tx, row: BulkRow, result: Result, clock: Clock, *, reason: str = "",
    before: dict[str, Any] | None = None, version_after: int | None = None,
) -> None:  # fmt: skip
    """Write down what became of a case, in the transaction that changed it."""
    row.result, row.reason, row.done_at = result.value, reason, clock.now()
    if before is not None:
        row.before, row.version_after = before, version_after
    tx.flush()


def next_waiting(tx: Tx, run_id: UUID, result: Result, after: int) -> tuple[UUID, int] | None:
    """(case, position) of the next row with *result* behind *after*."""
    found = tx.execute(
        select(BulkRow.case_id, BulkRow.position)
        .where(BulkRow.run_id == run_id, BulkRow.result == result, BulkRow.position > after)
        .order_by(BulkRow.position)
        .limit(1)
    ).first()
    return (found.case_id, found.position) if found else None


def finish_run(tx: Tx, run_id: UUID, state: RunState, clock: Clock) -> None:
    """The last case is done. Safe to repeat."""
    tx.execute(
        update(BulkRun)
        .where(BulkRun.id == run_id, BulkRun.state != state)
        .values(state=state.value, finished_at=clock.now())
    )
