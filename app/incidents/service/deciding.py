"""A lead decides about a parent event: cases for its payees, or none and why; then row by row what became of each."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.accounts.rules import Permission, require
from app.history.service import record
from app.incidents.commands import DismissEvent, OpenCases
from app.incidents.events import ChildCasesWanted
from app.incidents.models import ParentEvent, ParentEventPayee
from app.incidents.queries import event_row
from app.incidents.rules.states import EventState, Result
from app.infra.db.transaction import Tx
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, Refused, Stale
from app.kernel.text import clean_text
from app.kernel.words import words as _

LONGEST_REASON = 1000


def want_cases(tx: Tx, command: OpenCases, actor: Actor, clock: Clock) -> None:
    """The proposed cases are opened in the background, one transaction each.

    Raises `Forbidden`, `NotFound`, `Stale`, `Refused` when somebody decided already.
    """
    row = _undecided(tx, command.event_id, command.version, actor)
    _decide(row, EventState.OPENING, actor, clock)
    record(
        tx, actor, clock, verb="parent_event.cases_wanted", subject=("parent_event", row.id),
        data={"payees": row.payee_count},
    )  # fmt: skip
    emit(tx, ChildCasesWanted(None, row.id))


def dismiss(tx: Tx, command: DismissEvent, actor: Actor, clock: Clock) -> None:
    """No cases come of it. Raises as `want_cases`, and `Invalid` without a reason."""
    reason = clean_text(
        command.reason, field="reason", max_length=LONGEST_REASON, required=True, multiline=True
    )
    row = _undecided(tx, command.event_id, command.version, actor)
    _decide(row, EventState.DISMISSED, actor, clock)
    row.reason = reason
    record(
        tx, actor, clock, verb="parent_event.dismissed", subject=("parent_event", row.id),
        private={"reason": reason},
    )  # fmt: skip


def _undecided(tx: Tx, event_id: UUID, version: int, actor: Actor) -> ParentEvent:
    require(actor, Permission.PARENT_EVENT_DECIDE)
    event_row(tx, actor, event_id)
    row = _locked(tx, event_id)
    if row.state != EventState.OPEN:
        raise Refused("decided", _("This was decided already, or a newer check replaced it."))
    if row.version != version:
        raise Stale(_("The event changed meanwhile."), version=row.version)
    return row


def _decide(row: ParentEvent, state: EventState, actor: Actor, clock: Clock) -> None:
    row.state, row.version = state.value, row.version + 1
    row.decided_by_id, row.decided_at = actor.person_id, clock.now()


def _locked(tx: Tx, event_id: UUID) -> ParentEvent:
    query = select(ParentEvent).where(ParentEvent.id == event_id).with_for_update()
    row = tx.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound("parent_event")
    return row


def next_waiting(tx: Tx, event_id: UUID, after: str) -> str | None:
    """The next payee without a result behind *after*, by name."""
    query = (
        select(ParentEventPayee.payee)
        .where(
            ParentEventPayee.event_id == event_id, ParentEventPayee.result == Result.WAITING,
            ParentEventPayee.payee > after,
        )
        .order_by(ParentEventPayee.payee)
        .limit(1)
    )  # fmt: skip
    return tx.execute(query).scalar_one_or_none()


def claim_payee(tx: Tx, event_id: UUID, payee: str) -> ParentEventPayee | None:
    """The row of a payee while it waits, locked until the commit; None when somebody was quicker."""
    query = select(ParentEventPayee).where(
        ParentEventPayee.event_id == event_id, ParentEventPayee.payee == payee,
        ParentEventPayee.result == Result.WAITING,
    )  # fmt: skip
    return tx.execute(query.with_for_update()).scalar_one_or_none()


def settle_payee(  # noqa: PLR0913 - one keyword a column
    tx: Tx, row: ParentEventPayee, result: Result, actor: Actor, clock: Clock, *,
    case_id: UUID | None = None, reason: str = "",
) -> None:  # fmt: skip
    """Write down what became of a payee, in the transaction that opened the case."""
    row.result, row.case_id, row.reason, row.done_at = result.value, case_id, reason, clock.now()
    record(
        tx, actor, clock, verb=f"parent_event.case_{result.value}", subject=("parent_event", row.event_id),
        data={"case_id": str(case_id) if case_id else None}, private={"payee": row.payee},
    )  # fmt: skip


def finish_opening(tx: Tx, event_id: UUID, actor: Actor, clock: Clock) -> None:
    """The last payee is done. Safe to repeat."""
    row = _locked(tx, event_id)
    if row.state == EventState.OPENING:
        row.state, row.version = EventState.OPENED.value, row.version + 1
        record(tx, actor, clock, verb="parent_event.opened", subject=("parent_event", row.id))
