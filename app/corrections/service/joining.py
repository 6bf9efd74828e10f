"""The open batch of a currency: made when it is first needed, joined by every posted correction."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.corrections.models import Batch, BatchLine, Correction
from app.corrections.rules.batches import BatchState
from app.corrections.rules.lifecycle import CorrectionEvent
from app.corrections.service.rows import move, note, note_batch
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock


def put_into_open_batch(tx: Tx, row: Correction, actor: Actor, clock: Clock) -> UUID:
    """Join the open batch of the correction's currency, opening one when there is none. Returns its id.

    While a batch is being locked this waits, and then opens the next (B100).
    """
    batch = _open_batch(tx, row.currency, actor, clock)
    tx.add(
        BatchLine(
            id=uuid4(),
            batch_id=batch.id,
            correction_id=row.id,
            currency=row.currency,
            live=True,
            added_at=clock.now(),
        )
    )
    move(row, CorrectionEvent.BATCH)
    note(tx, row, actor, clock, "correction.batched", batch=str(batch.id))
    return batch.id


def _open_batch(tx: Tx, currency: str, actor: Actor, clock: Clock) -> Batch:
    where = (
        select(Batch)
        .where(
            Batch.currency == currency, Batch.state == BatchState.OPEN, Batch.reverses_id.is_(None)
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = tx.scalar(where)
    if found is not None:
        return found
    made = tx.execute(
        insert(Batch)
        .values(
            id=uuid4(),
            currency=currency,
            state=BatchState.OPEN,
            opened_at=clock.now(),
            version=1,
        )
        .on_conflict_do_nothing()
        .returning(Batch.id)
    ).first()
    batch = tx.scalars(where).one()
    if made is not None:
        note_batch(tx, batch, actor, clock, "batch.opened")
    return batch
