"""A bulk run with its numbers and rows, for whoever asked for it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from app.cases.models import Case
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.queues.models import BulkRow, BulkRun
from app.queues.rules.bulk import BulkAct, Result, RunRow, RunState, RunView


def run_of(tx: Tx, actor: Actor, run_id: UUID) -> RunView:
    """One's own run. Raises `NotFound` for another's."""
    query = select(BulkRun).where(BulkRun.id == run_id)
    if not actor.is_system:
        query = query.where(BulkRun.by_id == actor.person_id)
    run = tx.execute(query).scalar_one_or_none()
    if run is None:
        raise NotFound("run")
    counted = tx.execute(
        select(BulkRow.result, func.count())
        .where(BulkRow.run_id == run_id)
        .group_by(BulkRow.result)
    )
    counts = {Result(name): int(number) for name, number in counted}
    return RunView(
        run.id, BulkAct(run.act), dict(run.given), RunState(run.state), run.by_id, run.created_at,
        run.finished_at, counts,
    )  # fmt: skip


def rows_of_run(
    tx: Tx, run_id: UUID, results: tuple[Result, ...], *, most: int
) -> tuple[RunRow, ...]:
    """Its cases with one of *results*, in order."""
    rows = tx.execute(
        select(BulkRow, Case.ref, Case.subject_title)
        .join(Case, Case.id == BulkRow.case_id)
        .where(BulkRow.run_id == run_id, BulkRow.result.in_(results))
        .order_by(BulkRow.position)
        .limit(most)
    ).all()
    return tuple(
        RunRow(
            row.case_id, ref or "", title, row.version, Result(row.result), row.reason, dict(row.before),
            row.version_after,
        )
        for row, ref, title in rows
    )  # fmt: skip


def version_and_owner(tx: Tx, case_id: UUID) -> tuple[int, UUID | None]:
    """What an act remembers of a case, to take it back."""
    row = tx.execute(select(Case.version, Case.owner_id).where(Case.id == case_id)).one()
    return row.version, row.owner_id
