"""Cancelling a locked or exported batch: a reversing batch turns it back, and that alone frees its corrections.

Two people, as with every batch: one asks (and thereby locks the reversing batch), another lets it leave. What
never left the house needs no file; what was exported is turned back by a file of the same rows with the
signs changed, and is cancelled when the ledger acknowledges that.
"""

from __future__ import annotations

import json
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text, update

from app.accounts.rules import Permission, require
from app.corrections.commands import CancelBatch, ConfirmCancellation, DropCancellation
from app.corrections.models import Batch, BatchLine
from app.corrections.queries.batches import pending_reversal
from app.corrections.queries.exports import (
    AT_ONCE,
    frozen_content,
    frozen_lines,
)
from app.corrections.rules.batches import (
    BatchEvent,
    BatchState,
    check_cancellable,
    check_never_left,
    next_batch_state,
)
from app.corrections.rules.frozen import content_of, row_of
from app.corrections.rules.lifecycle import CorrectionEvent
from app.corrections.rules.seen import SeenList
from app.corrections.service.joining import put_all_into_open_batch
from app.corrections.service.rows import (
    check_in_sight,
    corrections_in,
    move,
    move_batch,
    note,
    note_batch,
    reason_of,
    refuse_locker,
    take_batch,
)
from app.exports.rules.rows import NeutralRow
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, Stale
from app.kernel.words import words as _
from app.ledger.queries.books import posting_day
from app.ledger.service.books import require_open


def ask_cancellation(tx: Tx, command: CancelBatch, actor: Actor, clock: Clock) -> UUID:
    """Prepare the reversing batch; the original neither leaves nor is acknowledged meanwhile. Returns its id.

    Raises Forbidden, NotFound, Stale, Refused for an open, acknowledged, cancelled or reversing batch and while
    the month of today is closed.
    """
    require(actor, Permission.BATCH_LOCK)
    original = take_batch(tx, command.batch_id)
    if original.version != command.version:
        raise Stale(_("This batch changed since you opened it."), version=original.version)
    check_cancellable(
        BatchState(original.state),
        is_reversing=original.reverses_id is not None,
        is_pending=pending_reversal(tx, original.id) is not None,
    )
    day = posting_day(tx, clock)
    require_open(tx, day, clock)
    made = Batch(
        id=uuid4(),
        currency=original.currency,
        state=BatchState.LOCKED,
        opened_at=clock.now(),
        locked_by=actor.person_id,
        locked_at=clock.now(),
        posting_date=day,
        account_codes_id=original.account_codes_id,
        cancel_reason=reason_of(command.reason),
        reverses_id=original.id,
        version=1,
    )
    seen = SeenList()
    for content in frozen_content(tx, original.id):
        seen.add(_mirrored(content, made))
    made.content_hash = seen.result
    tx.add(made)
    tx.flush()
    _mirror_lines(tx, made, original.id, clock)
    words = made.cancel_reason or ""
    note_batch(tx, made, actor, clock, "batch.cancellation_asked", reason=words)
    return made.id


def confirm_cancellation(tx: Tx, command: ConfirmCancellation, actor: Actor, clock: Clock) -> None:
    """Cancel a batch that never left: nothing has to be turned back outside. Not by who asked.

    Raises Forbidden, NotFound, Refused once the original was exported.
    """
    require(actor, Permission.BATCH_EXPORT)
    reversing, original = _pair(tx, command.batch_id)
    refuse_locker(tx, reversing, actor)
    check_never_left(BatchState(original.state))
    _cancel(tx, reversing, reversing.cancel_reason or "", actor, clock)
    _free(tx, original, reversing, actor, clock)


def drop_cancellation(tx: Tx, command: DropCancellation, actor: Actor, clock: Clock) -> None:
    """Take the wish to cancel back before it left. Raises Forbidden, NotFound, Refused once it was exported."""
    require(actor, Permission.BATCH_LOCK)
    reversing, _original = _pair(tx, command.batch_id)
    check_never_left(BatchState(reversing.state))
    _cancel(tx, reversing, reason_of(command.reason), actor, clock)


def finish_cancellation(tx: Tx, reversing: Batch, actor: Actor, clock: Clock) -> None:
    """The ledger acknowledged the reversing batch: the original is cancelled and its corrections are free."""
    assert reversing.reverses_id is not None
    _free(tx, take_batch(tx, reversing.reverses_id), reversing, actor, clock)


def mirror(row: NeutralRow, batch_id: UUID, day: date) -> NeutralRow:
    """The row that turns *row* back on *day*, as part of another batch and on the very accounts it was booked to."""
    return row._replace(
        gross=-row.gross,
        withholding=-row.withholding,
        batch_id=str(batch_id),
        posting_date=day.isoformat(),
    )


def _mirrored(content: dict[str, Any], made: Batch) -> dict[str, Any]:
    assert made.posting_date is not None
    return content_of(mirror(row_of(content), made.id, made.posting_date))


def _mirror_lines(tx: Tx, made: Batch, original_id: UUID, clock: Clock) -> None:
    """Lines of the reversing batch, some hundred a statement."""
    lines = frozen_lines(tx, original_id)
    said = {"batch": made.id, "currency": made.currency, "at": clock.now()}
    while some := list(islice(lines, AT_ONCE)):
        keys, kept = zip(*some, strict=True)
        frozen = [json.dumps([_mirrored(row, made) for row in rows]) for rows in kept]
        tx.execute(_MIRROR, said | {"keys": list(keys), "frozen": frozen})


_MIRROR = text("""
insert into batch_line (id, batch_id, correction_id, currency, live, added_at, frozen)
select gen_random_uuid(), :batch, line.key, :currency, false, :at, line.frozen::jsonb
from unnest(cast(:keys as uuid[]), cast(:frozen as text[])) as line (key, frozen)
""")


def _pair(tx: Tx, batch_id: UUID) -> tuple[Batch, Batch]:
    """The reversing batch and what it turns back, locked in the order of every other use-case: original first."""
    seen = tx.get(Batch, batch_id)
    if seen is None or seen.reverses_id is None:
        raise NotFound
    original = take_batch(tx, seen.reverses_id)
    return take_batch(tx, batch_id), original


def _cancel(tx: Tx, batch: Batch, reason: str, actor: Actor, clock: Clock) -> None:
    state = next_batch_state(BatchState(batch.state), BatchEvent.CANCEL)
    batch.cancelled_by = actor.person_id
    batch.cancelled_at = clock.now()
    batch.cancel_reason = reason
    move_batch(batch, state)
    note_batch(tx, batch, actor, clock, "batch.cancelled", reason=reason)


def _free(tx: Tx, original: Batch, reversing: Batch, actor: Actor, clock: Clock) -> None:
    """Cancel *original* and let its corrections join the open batch. Who exported the reversal cancelled it."""
    rows = corrections_in(tx, original.id)
    check_in_sight(tx, original.id, len(rows))
    state = next_batch_state(BatchState(original.state), BatchEvent.CANCEL)
    original.cancelled_by = reversing.exported_by or actor.person_id
    original.cancelled_at = clock.now()
    original.cancel_reason = reversing.cancel_reason
    move_batch(original, state)
    note_batch(
        tx, original, actor, clock, "batch.cancelled", reason=original.cancel_reason or "",
        by=str(reversing.id),
    )  # fmt: skip
    tx.execute(
        update(BatchLine)
        .where(BatchLine.batch_id == original.id, BatchLine.frozen.is_not(None))
        .values(live=False)
        .execution_options(synchronize_session=False)
    )
    for row in rows:
        move(row, CorrectionEvent.UNBATCH)
        note(tx, row, actor, clock, "correction.freed", batch=str(original.id))
    put_all_into_open_batch(tx, rows, actor, clock)
