"""The open batch of a currency: made when it is first needed, joined by every posted correction."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from app.corrections.models import Batch, Correction
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
    return put_all_into_open_batch(tx, [row], actor, clock)


def put_all_into_open_batch(tx: Tx, rows: Sequence[Correction], actor: Actor, clock: Clock) -> UUID:
    """`put_into_open_batch` for corrections of one currency; their lines are written, and counted, by one statement."""
    batch = _open_batch(tx, rows[0].currency, actor, clock)
    tx.flush()
    keys = [row.id for row in rows]
    tx.execute(_JOIN, {"batch": batch.id, "currency": batch.currency, "at": clock.now(), "keys": keys})  # fmt: skip
    for row in rows:
        move(row, CorrectionEvent.BATCH)
        note(tx, row, actor, clock, "correction.batched", batch=str(batch.id))
    return batch.id


_JOIN = text("""
insert into batch_line (id, batch_id, correction_id, currency, live, added_at)
select gen_random_uuid(), :batch, fix.id, :currency, true, :at from unnest(cast(:keys as uuid[])) as fix (id)
""")


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
