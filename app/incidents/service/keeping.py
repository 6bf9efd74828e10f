"""What the check of a month found comes to count: new faults become events, what is there unchanged stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update

from app.history.service import record
from app.incidents.commands import KeepFaults
from app.incidents.events import ParentEventFound
from app.incidents.models import ParentEvent, ParentEventLine, ParentEventPayee
from app.incidents.rules.grouping import Discrepancy, Fault, FaultKey, Faults, Key
from app.incidents.rules.states import DECIDED, EventState, Result
from app.infra.db.transaction import Tx
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Refused
from app.kernel.words import words as _
from app.recompute.commands import AuditFiles
from app.recompute.rules.runs import RunState
from app.recompute.service import discrepancies_of
from app.recompute.service.runs import end_run, locked_run

_BATCH = 2000
_AMOUNTS = ("expected", "paid", "delta")
Line, Payee = ParentEventLine, ParentEventPayee


def keep_faults(tx: Tx, command: KeepFaults, actor: Actor, clock: Clock) -> tuple[UUID, ...]:
    """End the run of a month; the new events. The same lines found again change nothing.

    An open event whose lines are others now is superseded; one that a person decided about keeps its lines.
    Raises `Refused` when the run was cancelled first.
    """
    run = locked_run(tx, command.audit_id)
    month = run.statement_month
    if run.state != RunState.RUNNING or month is None:
        raise Refused("cancelled", _("Somebody cancelled this meanwhile."))
    faults = Faults(_decided(tx, month)).add_all(_lines(command.files))
    chosen = faults.chosen()
    there = _open_events(tx, month)
    for key, row in there.items():
        if key not in chosen or chosen[key].digest != row.digest:
            _supersede(tx, row, actor, clock)
    new = {
        key: uuid4()
        for key, fault in chosen.items()
        if key not in there or there[key].digest != fault.digest
    }
    for key, event_id in new.items():
        _add_event(tx, event_id, chosen[key], (run.id, month), actor, clock)
    _add_lines(tx, new, faults, command.files)
    inputs = {**command.inputs, "grouped": sum(one.whole.lines for one in chosen.values())}
    end_run(tx, run, inputs, command.control, {}, actor, clock)
    for event_id in new.values():
        emit(tx, ParentEventFound(None, event_id))
    return tuple(new.values())


def _lines(files: AuditFiles) -> Iterator[Discrepancy]:
    for row in discrepancies_of(files):
        amounts = {name: Decimal(row[name]) for name in _AMOUNTS}
        yield Discrepancy(**(row | amounts))  # type: ignore[arg-type]


def _decided(tx: Tx, month: str) -> frozenset[Key]:
    rows = tx.execute(
        select(
            Line.payee, Line.sale_month, Line.store, Line.territory, Line.isrc, Line.currency
        )
        .join(ParentEvent, ParentEvent.id == Line.event_id)
        .where(ParentEvent.statement_month == month, ParentEvent.state.in_(DECIDED))
    )  # fmt: skip
    return frozenset((a, b, c, d, e, f) for a, b, c, d, e, f in rows)


def _open_events(tx: Tx, month: str) -> dict[FaultKey, ParentEvent]:
    """Locked: a decision waits until they are compared."""
    query = select(ParentEvent).where(
        ParentEvent.statement_month == month, ParentEvent.state == EventState.OPEN
    )
    rows = tx.execute(query.with_for_update()).scalars()
    return {FaultKey(row.cause, row.detail_key): row for row in rows}


def _supersede(tx: Tx, row: ParentEvent, actor: Actor, clock: Clock) -> None:
    row.state, row.version = EventState.SUPERSEDED.value, row.version + 1
    tx.execute(update(Line).where(Line.event_id == row.id).values(live=False))
    record(tx, actor, clock, verb="parent_event.superseded", subject=("parent_event", row.id))


def _add_event(
    tx: Tx, event_id: UUID, fault: Fault, found_in: tuple[UUID, str], actor: Actor, clock: Clock
) -> None:
    audit_id, month = found_in
    sums = fault.whole.stored()
    made = ParentEvent(
        id=event_id, audit_id=audit_id, statement_month=month, cause=fault.key.cause, detail_key=fault.key.detail,
        **fault.shared, payee_count=len(fault.payees), line_count=fault.whole.lines, sums=sums, digest=fault.digest,
        found_at=clock.now(), state=EventState.OPEN.value, version=1, reason="",
    )  # fmt: skip
    tx.add(made)
    record(
        tx, actor, clock, verb="parent_event.found", subject=("parent_event", event_id),
        data={"month": month, "cause": fault.key.cause, "payees": len(fault.payees), "lines": fault.whole.lines, "sums": sums},
    )  # fmt: skip
    rows = [
        {
            "event_id": event_id, "payee": payee, "line_count": tally.lines, "sums": tally.stored(),
            "result": Result.WAITING.value, "reason": "",
        }
        for payee, tally in sorted(fault.payees.items())
    ]  # fmt: skip
    for start in range(0, len(rows), _BATCH):
        tx.execute(insert(Payee), rows[start : start + _BATCH])


def _add_lines(tx: Tx, new: dict[FaultKey, UUID], faults: Faults, files: AuditFiles) -> None:
    """Read the lines a second time: no more than a batch of them is held at once."""
    numbers = dict.fromkeys(new.values(), 0)
    batch: list[dict[str, Any]] = []
    for line in _lines(files) if new else ():
        key = faults.key_of(line)
        event_id = new.get(key) if key else None
        if event_id is None:
            continue
        numbers[event_id] += 1
        values = line._asdict()
        del values["cause"]
        batch.append(values | {"event_id": event_id, "number": numbers[event_id]})
        if len(batch) >= _BATCH:
            tx.execute(insert(Line), batch)
            batch = []
    if batch:
        tx.execute(insert(Line), batch)
