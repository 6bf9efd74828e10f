"""How far the corrections of a case are on their way to the ledger: who prepared, who approved, which batch, what it answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.accounts.models import Person
from app.accounts.queries import case_scope
from app.accounts.rules import Permission, require
from app.corrections.models import Batch, BatchLine, Correction, CorrectionApproval
from app.corrections.rules.lifecycle import CorrectionState
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.money import Money


@dataclass(frozen=True, slots=True)
class StepsRow:
    """*approvals*: (name, when) of the revision that stands, in order. *batch*: number of the live one."""

    id: UUID
    state: CorrectionState
    total: Money
    preparer: str
    prepared_at: datetime
    needs_second: bool
    approvals: tuple[tuple[str, datetime], ...]
    batch: int | None
    exported_at: datetime | None
    acknowledged_at: datetime | None

    @property
    def approvers_needed(self) -> int:
        """How many approve it before it is posted."""
        return 2 if self.needs_second else 1


def steps_of(tx: Tx, actor: Actor, case_id: UUID) -> tuple[StepsRow, ...]:
    """The corrections of a case, the oldest first, in one statement. Raises `Forbidden`."""
    require(actor, Permission.CORRECTION_READ)
    approval = CorrectionApproval
    given = (
        select(
            func.json_agg(
                aggregate_order_by(
                    func.json_build_array(approval.approver_name, approval.approved_at), approval.ordinal
                )
            )
        )
        .where(approval.correction_id == Correction.id, approval.revision == Correction.revision)
        .scalar_subquery()
    )  # fmt: skip
    query = (
        select(Correction, Person.name, given, Batch)
        .join(Person, Person.id == Correction.preparer_id)
        .outerjoin(BatchLine, and_(BatchLine.correction_id == Correction.id, BatchLine.live))
        .outerjoin(Batch, Batch.id == BatchLine.batch_id)
        .where(Correction.case_id == case_id, case_scope(actor, Correction.case_id))
        .order_by(Correction.created_at, Correction.id)
    )
    return tuple(_row(*found) for found in tx.execute(query).all())


def live_corrections(
    tx: Tx, actor: Actor, case_ids: Collection[UUID]
) -> dict[UUID, tuple[UUID, Money]]:
    """Case → (its newest correction, what it is about); cancelled ones and reversals do not count. Raises `Forbidden`."""
    require(actor, Permission.CORRECTION_READ)
    query = (
        select(Correction.case_id, Correction.id, Correction.total_minor, Correction.currency)
        .where(
            Correction.case_id.in_(case_ids), case_scope(actor, Correction.case_id), Correction.reverses_id.is_(None),
            Correction.state != CorrectionState.CANCELLED,
        )
        .order_by(Correction.created_at, Correction.id)
    )  # fmt: skip
    return {
        case_id: (key, Money.from_minor(minor, currency))
        for case_id, key, minor, currency in tx.execute(query)
    }


def _row(
    fix: Correction, preparer: str, given: Sequence[Any] | None, batch: Batch | None
) -> StepsRow:
    approvals = tuple((str(name), datetime.fromisoformat(at)) for name, at in given or ())
    return StepsRow(
        fix.id, CorrectionState(fix.state), Money.from_minor(fix.total_minor, fix.currency), preparer, fix.prepared_at,
        fix.needs_second, approvals, batch.number if batch else None, batch.exported_at if batch else None,
        batch.acknowledged_at if batch else None,
    )  # fmt: skip
