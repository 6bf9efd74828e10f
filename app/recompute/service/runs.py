"""Runs of the audit, for cases and for months: asked for, begun, ended. One at a time for each; what ended never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text, update

from app.accounts.rules import Permission, require
from app.cases.queries import case_by_id
from app.cases.rules.kinds import Kind
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.jobs import defer
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.words import words as _
from app.recompute.commands import AskAudit, AskMonth, CancelAudit
from app.recompute.models import PayoutAudit
from app.recompute.rules.runs import OPEN, RULES_VERSION, RunState

JOB, MONTH_JOB = "payouts.audit", "payouts.sweep_month"
_ONE_AFTER_THE_OTHER = text("select pg_advisory_xact_lock(hashtext(:what))")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run to carry out."""

    id: UUID
    case_id: UUID


@dataclass(frozen=True, slots=True)
class WaitingMonth:
    """A run over all payees of a statement month, `YYYY-MM`."""

    id: UUID
    month: str


def ask_audit(tx: Tx, command: AskAudit, actor: Actor, clock: Clock) -> UUID:
    """Queue a run; the one that is open already is it. Raises `Forbidden`, `NotFound`, `Invalid` for other cases."""
    if not actor.is_system:
        require(actor, Permission.CORRECTION_PREPARE)
    case = case_by_id(tx, actor, command.case_id)
    if case.kind is not Kind.PAYOUT:
        raise Invalid("case", "kind", _("Only cases about payouts are computed again."))
    return _ask(tx, PayoutAudit(case_id=case.id, inputs={}), JOB, actor, clock)


def ask_month(tx: Tx, command: AskMonth, actor: Actor, clock: Clock) -> UUID:
    """Queue a run over all payees of a month; the one that is open already is it. Whoever may ask is the caller's."""
    made = PayoutAudit(statement_month=command.month, inputs={"asked": command.inputs})
    return _ask(tx, made, MONTH_JOB, actor, clock)


def _ask(tx: Tx, made: PayoutAudit, job: str, actor: Actor, clock: Clock) -> UUID:
    what = f"payout audit {made.case_id or made.statement_month}"
    tx.execute(_ONE_AFTER_THE_OTHER, {"what": what})
    own = (
        PayoutAudit.case_id == made.case_id
        if made.case_id
        else PayoutAudit.statement_month == made.statement_month
    )
    query = select(PayoutAudit.id).where(own, PayoutAudit.state.in_(OPEN))
    there = tx.execute(query).scalar_one_or_none()
    if there is not None:
        return there
    made.id, made.state, made.rules_version = uuid4(), RunState.WAITING.value, RULES_VERSION
    made.percent, made.by_id, made.asked_at = 0, actor.person_id, clock.now()
    made.control, made.figures, made.outcome = {}, {}, ""
    tx.add(made)
    note_run(tx, made, "payout_audit.asked", actor, clock)
    defer(tx, job, {"audit_id": str(made.id)}, lock=what.replace(" ", "_"))
    return made.id


def begin_run(tx: Tx, audit_id: UUID, actor: Actor, clock: Clock) -> Waiting | None:
    """The run of a case, marked as running; None when it ended meanwhile. Safe to repeat."""
    row = _begun(tx, audit_id, actor, clock)
    return Waiting(row.id, row.case_id) if row and row.case_id else None


def begin_month(tx: Tx, audit_id: UUID, actor: Actor, clock: Clock) -> WaitingMonth | None:
    """The run of a month, marked as running; None when it ended meanwhile. Safe to repeat."""
    row = _begun(tx, audit_id, actor, clock)
    return WaitingMonth(row.id, row.statement_month) if row and row.statement_month else None


def _begun(tx: Tx, audit_id: UUID, actor: Actor, clock: Clock) -> PayoutAudit | None:
    row = locked_run(tx, audit_id)
    if row.state not in OPEN:
        return None
    if row.state == RunState.WAITING:
        row.state = RunState.RUNNING.value
        note_run(tx, row, "payout_audit.running", actor, clock)
    return row


def end_run(  # noqa: PLR0913 - what a run keeps
    tx: Tx, row: PayoutAudit, inputs: Mapping[str, Any], control: Mapping[str, Any], figures: dict[str, Any],
    actor: Actor, clock: Clock,
) -> None:  # fmt: skip
    """The run is done, with what it read and found."""
    row.state, row.percent, row.ended_at = RunState.DONE.value, 100, clock.now()
    row.inputs, row.control, row.figures = {**row.inputs, **inputs}, dict(control), figures
    note_run(
        tx, row, "payout_audit.done", actor, clock,
        discrepancies=control["discrepancies"], inputs=dict(inputs),
    )  # fmt: skip


def say_percent(tx: Tx, audit_id: UUID, percent: int) -> bool:
    """Note how far it is; False when somebody cancelled it."""
    told = tx.execute(
        update(PayoutAudit)
        .where(PayoutAudit.id == audit_id, PayoutAudit.state == RunState.RUNNING)
        .values(percent=percent)
        .returning(PayoutAudit.id)
    )
    return told.first() is not None


def fail_run(tx: Tx, audit_id: UUID, why: str, actor: Actor, clock: Clock) -> None:
    """It found nothing that can be used; *why* in words. Without effect on one that ended."""
    row = locked_run(tx, audit_id)
    if row.state in OPEN:
        row.state, row.outcome, row.ended_at = RunState.FAILED.value, why[:1000], clock.now()
        note_run(tx, row, "payout_audit.failed", actor, clock)


def cancel_run(tx: Tx, command: CancelAudit, actor: Actor, clock: Clock) -> None:
    """Stop it; nothing of it is kept. Raises `Forbidden`, `NotFound`, `Refused` when it ended already."""
    require(actor, Permission.CORRECTION_PREPARE)
    case = case_by_id(tx, actor, command.case_id)
    row = locked_run(tx, command.audit_id)
    if row.case_id != case.id:
        raise NotFound("audit")
    if row.state not in OPEN:
        raise Refused("ended", _("This has ended already. Nothing was changed."))
    row.state, row.ended_at = RunState.CANCELLED.value, clock.now()
    note_run(tx, row, "payout_audit.cancelled", actor, clock)


def locked_run(tx: Tx, audit_id: UUID) -> PayoutAudit:
    """The run, locked until the transaction ends. Raises `NotFound`."""
    query = select(PayoutAudit).where(PayoutAudit.id == audit_id).with_for_update()
    row = tx.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound("audit")
    return row


def note_run(
    tx: Tx, row: PayoutAudit, verb: str, actor: Actor, clock: Clock, **data: object
) -> None:
    """Write down what happened to the run."""
    record(
        tx,
        actor,
        clock,
        verb=verb,
        subject=("payout_audit", row.id),
        case_id=row.case_id,
        data=data,
    )
