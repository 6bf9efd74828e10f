"""Steps shared by the use-cases of corrections: taking rows under lock, moving a state, the history row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.accounts.queries import case_scope, same_human_ids
from app.accounts.rules import Permission
from app.corrections.models import Batch, BatchLine, Correction
from app.corrections.rules.batches import BatchState
from app.corrections.rules.lifecycle import CorrectionEvent, CorrectionState, next_state
from app.history.service import record
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, NotFound
from app.kernel.text import clean_text
from app.kernel.words import words as _


def take_case(tx: Tx, actor: Actor, case_id: UUID) -> None:
    """Lock the case first, as every use-case that changes it does: so none waits in a circle."""
    found = tx.execute(
        select(text('"case".id'))
        .select_from(text('"case"'))
        .where(text('"case".id = :case_id'), case_scope(actor, text('"case".id')))
        .params(case_id=case_id)
        .with_for_update()
    ).first()
    if found is None:
        raise NotFound


def take_correction(tx: Tx, actor: Actor, correction_id: UUID) -> Correction:
    """The correction, its case and itself locked. Raises NotFound for a foreign or unknown one."""
    case_id = tx.scalar(select(Correction.case_id).where(Correction.id == correction_id))
    if case_id is None:
        raise NotFound
    take_case(tx, actor, case_id)
    return tx.scalars(
        select(Correction)
        .where(Correction.id == correction_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def take_batch(tx: Tx, batch_id: UUID) -> Batch:
    """The batch, locked; before a reversing batch what it turns back, so that none waits in a circle.

    Raises NotFound.
    """
    original = tx.scalar(select(Batch.reverses_id).where(Batch.id == batch_id))
    wanted = [key for key in (original, batch_id) if key is not None]
    rows = [_locked_batch(tx, key) for key in wanted]
    return rows[-1]


def _locked_batch(tx: Tx, batch_id: UUID) -> Batch:
    row = tx.scalar(
        select(Batch)
        .where(Batch.id == batch_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


def corrections_in(tx: Tx, batch_id: UUID) -> list[Correction]:
    """Corrections of a batch, locked in one order for everybody: by case, then by id."""
    return list(
        tx.scalars(
            select(Correction)
            .join(BatchLine, BatchLine.correction_id == Correction.id)
            .where(BatchLine.batch_id == batch_id, BatchLine.live)
            .order_by(Correction.case_id, Correction.id)
            .with_for_update(of=Correction)
            .execution_options(populate_existing=True)
        )
    )


def refuse_locker(tx: Tx, batch: Batch, actor: Actor) -> None:
    """Raises Forbidden when the actor, under any account, locked the batch; what is locked leaves by another hand."""
    if actor.person_id is None:
        raise Forbidden(Permission.BATCH_EXPORT.value, code="person_needed")
    if batch.locked_by in same_human_ids(tx, actor.person_id):
        raise Forbidden(
            _("You locked this batch, so somebody else exports it."), code="locked_by_you"
        )


def move_batch(batch: Batch, state: BatchState) -> None:
    """Write where a batch stands now."""
    batch.state = state
    batch.version += 1


def move(row: Correction, event: CorrectionEvent) -> None:
    """Walk one row of the table. Raises Refused."""
    row.state = next_state(CorrectionState(row.state), event, needs_second=row.needs_second)
    row.version += 1


def reason_of(words: str) -> str:
    """A reason as given; Invalid when there is none."""
    return clean_text(words, field="reason", max_length=2000, required=True)


def note(tx: Tx, row: Correction, actor: Actor, clock: Clock, verb: str, **data: Any) -> None:
    """The history row of a correction."""
    tx.flush()
    record(
        tx,
        actor,
        clock,
        verb=verb,
        subject=("correction", row.id),
        case_id=row.case_id,
        data={
            "state": row.state,
            "revision": row.revision,
            "total_minor": row.total_minor,
            "currency": row.currency,
            **data,
        },
    )


def note_batch(tx: Tx, row: Batch, actor: Actor, clock: Clock, verb: str, **data: Any) -> None:
    """The history row of a batch."""
    tx.flush()
    record(
        tx,
        actor,
        clock,
        verb=verb,
        subject=("batch", row.id),
        data={"state": row.state, "number": row.number, "currency": row.currency, **data},
    )
