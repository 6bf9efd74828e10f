"""Steps shared by the use-cases of corrections: taking rows under lock, moving a state, the history row."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from app.accounts.queries import case_scope, same_human_ids
from app.accounts.rules import Permission
from app.corrections.models import Batch, BatchLine, Correction
from app.corrections.rules.batches import BatchState
from app.corrections.rules.lifecycle import CorrectionEvent, CorrectionState, next_state
from app.corrections.rules.runs import Say, silent
from app.history.service import Noted, NotedSet, history_first, record, record_set
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, NotFound, Refused
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


def move_all(  # noqa: PLR0913 - what, who, and whom to tell
    tx: Tx,
    batch_id: UUID,
    event: CorrectionEvent,
    actor: Actor,
    clock: Clock,
    verb: str,
    say: Say = silent,
) -> None:
    """`move` and `note` for every correction of a batch, locked in that order too, some thousand in a statement.

    For who has none of them in memory: what the session holds of them is old afterwards. Their history is written
    first, so that the guard looks at each statement as a whole. Raises Refused, also when not all of them are in sight.
    """
    tx.flush()
    parts = tx.execute(_HELD, {"batch": batch_id, "most": IN_ONE}).all()
    stand = tx.execute(_STAND, {"batch": batch_id}).all()
    moves = json.dumps(
        [{"source": row.state, "second": row.needs_second, "target": _target(row, event)} for row in stand]
    )  # fmt: skip
    count = 0
    for ids, size in parts:
        count += size
        moved = {"ids": ids, "moves": moves}
        noted = record_set(
            tx, actor, clock, verb, replace(_MOVED, bound=moved, fixed={"batch": str(batch_id)})
        )
        with history_first(tx):
            changed = tx.execute(text(_MOVE), moved)
        if not size == noted == changed.rowcount:  # type: ignore[attr-defined]
            raise RuntimeError("a correction moved without being written down")
        say(1, count)
    check_in_sight(tx, batch_id, count)


def check_in_sight(tx: Tx, batch_id: UUID, count: int) -> None:
    """Pass when *count* is all that a batch holds. A case that is walled off from the actor would stay behind
    without a word. Raises Refused.
    """
    held = tx.scalar(
        select(func.count())
        .select_from(BatchLine)
        .where(BatchLine.batch_id == batch_id, BatchLine.live)
    )
    if held != count:
        raise Refused(
            "not_in_sight",
            _("You do not see every case of this batch, so somebody else has to do this."),
        )


IN_ONE = 10_000
"""Corrections that one statement changes: it ends long before the time that a statement has."""
_HELD = text("""
select array_agg(fix.id)::text as ids, count(*) as size from (
  select held.id, (row_number() over (order by held.case_id, held.id) - 1) / :most as part from (
    select fix.id, fix.case_id from batch_line as line join correction as fix on fix.id = line.correction_id
    where line.batch_id = :batch and line.live order by fix.case_id, fix.id for update of fix
  ) as held
) as fix group by fix.part order by fix.part
""")
"""All locked, and their ids, as many together as one statement moves; as text, since nobody here looks at one of them."""
_STAND = text("""
select distinct fix.state, fix.needs_second from batch_line as line join correction as fix on fix.id = line.correction_id
where line.batch_id = :batch and line.live
""")
"""Where they stand, once they are locked."""
_MOVES = (
    "jsonb_to_recordset(cast(:moves as jsonb)) as move (source text, second boolean, target text)"
)
_MOVED = NotedSet(
    kind="correction",
    rows=f"""
      select fix.id, fix.case_id, move.target as state, fix.revision, fix.total_minor, fix.currency
      from correction as fix join {_MOVES} on move.source = fix.state and move.second = fix.needs_second
      where fix.id = any (cast(:ids as uuid[]))""",  # noqa: S608 - our own words only
    bound={},
    texts=("state", "currency"),
    numbers=("revision", "total_minor"),
    fixed={},
)
_MOVE = f"""
update correction as fix set state = move.target, version = fix.version + 1
from {_MOVES}
where fix.id = any (cast(:ids as uuid[])) and move.source = fix.state and move.second = fix.needs_second
"""  # noqa: S608 - our own words only


def _target(row: Any, event: CorrectionEvent) -> CorrectionState:
    return next_state(CorrectionState(row.state), event, needs_second=row.needs_second)


def _noted(row: Any, state: str, **data: Any) -> Noted:
    """What history says of a correction that is in *state* now."""
    said = {
        "state": str(state),
        "revision": row.revision,
        "total_minor": row.total_minor,
        "currency": row.currency,
    }
    return Noted(("correction", row.id), row.case_id, said | data)


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
    row.state = _target(row, event)
    row.version += 1


def reason_of(words: str) -> str:
    """A reason as given; Invalid when there is none."""
    return clean_text(words, field="reason", max_length=2000, required=True)


def note(tx: Tx, row: Correction, actor: Actor, clock: Clock, verb: str, **data: Any) -> None:
    """The history row of a correction."""
    tx.flush()
    noted = _noted(row, row.state, **data)
    record(
        tx, actor, clock, verb=verb, subject=noted.subject, case_id=noted.case_id, data=noted.data
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
