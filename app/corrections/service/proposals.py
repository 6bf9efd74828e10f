"""Proposing, revising, cancelling and reversing corrections. A correction always hangs on a decision."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import func, select

from app.accounts.rules import Permission, require
from app.corrections.commands import (
    CancelCorrection,
    ProposeCorrection,
    ReverseCorrection,
    ReviseCorrection,
)
from app.corrections.events import CorrectionProposed
from app.corrections.models import Correction, CorrectionLine
from app.corrections.queries.corrections import correction_view
from app.corrections.rules.lifecycle import (
    AWAITING,
    CorrectionEvent,
    CorrectionState,
    check_reversal,
)
from app.corrections.rules.proposal import (
    ProposalLine,
    check_lines,
    entries_of,
    moved,
    reversed_line,
    total_of,
)
from app.corrections.service.rows import move, note, reason_of, take_case, take_correction
from app.decisions.queries import decision_by_id
from app.infra.db.transaction import Tx
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.words import words as _
from app.ledger.queries.balances import payees_by_id
from app.policies.queries import ApprovalPolicyView
from app.policies.service import current_approval_policy


def propose_correction(tx: Tx, command: ProposeCorrection, actor: Actor, clock: Clock) -> UUID:
    """Write a correction down for approval; returns its id. The actor is its preparer and never approves it.

    Raises Forbidden, NotFound (case, decision of another case, payee), Invalid for bad lines.
    """
    require(actor, Permission.CORRECTION_PREPARE)
    take_case(tx, actor, command.case_id)
    if decision_by_id(tx, actor, command.decision_id).case_id != command.case_id:
        raise NotFound
    row = _new(command, _person(actor), clock)
    return _propose(tx, row, command.lines, actor, clock)


def revise_correction(tx: Tx, command: ReviseCorrection, actor: Actor, clock: Clock) -> None:
    """Replace lines and reason: a new revision, approvals so far are void and the actor is a maker of it.

    Raises Forbidden, NotFound, Stale, Refused once it is approved, Invalid (B094: another currency).
    """
    require(actor, Permission.CORRECTION_PREPARE)
    row = take_correction(tx, actor, command.correction_id)
    if row.version != command.version:
        raise Stale(_("This correction changed since you opened it."), version=row.version)
    if row.reverses_id is not None:
        raise Refused("is_reversal", _("A reversal mirrors its correction and is not edited."))
    limits = current_approval_policy(tx, clock)
    move(row, CorrectionEvent.REVISE)
    if command.currency != row.currency:
        raise Invalid(
            "currency",
            "currency_fixed",
            _("The currency of a correction stays. Cancel it and propose another."),
        )
    person = _person(actor)
    row.revision += 1
    row.reason = reason_of(command.reason)
    row.preparer_id = person
    row.maker_ids = list(dict.fromkeys([*row.maker_ids, person]))
    row.prepared_at = clock.now()
    _measure(row, command.lines, limits)
    tx.flush()
    _add_lines(tx, row, command.lines)
    note(tx, row, actor, clock, "correction.revised", reason=row.reason)


def cancel_correction(tx: Tx, command: CancelCorrection, actor: Actor, clock: Clock) -> None:
    """Take it back before it is posted. Raises Forbidden, NotFound, Refused once posted."""
    require(actor, Permission.CORRECTION_PREPARE)
    row = take_correction(tx, actor, command.correction_id)
    cancel(tx, row, reason_of(command.reason), actor, clock)


def cancel_open_corrections(tx: Tx, case_id: UUID, reason: str, actor: Actor, clock: Clock) -> int:
    """Cancel whatever of a case still waits for approval; for workflows that leave the approval. How many."""
    rows = tx.scalars(
        select(Correction)
        .where(Correction.case_id == case_id, Correction.state.in_(AWAITING))
        .order_by(Correction.id)
        .with_for_update()
    ).all()
    for row in rows:
        cancel(tx, row, reason_of(reason), actor, clock)
    return len(rows)


def cancel(tx: Tx, row: Correction, reason: str, actor: Actor, clock: Clock) -> None:
    """The step that cancelling, refusing and leaving the approval share; the system may do it too, as nobody."""
    move(row, CorrectionEvent.CANCEL)
    row.cancelled_by = actor.person_id
    row.cancelled_at = clock.now()
    row.cancel_reason = reason
    note(tx, row, actor, clock, "correction.cancelled", reason=reason)


def reverse_correction(tx: Tx, command: ReverseCorrection, actor: Actor, clock: Clock) -> UUID:
    """Propose the mirror of a posted correction; it needs its own approval and leaves in its own batch.

    Raises Forbidden, NotFound, Refused when it has a reversal, is one, or is not posted (B099).
    """
    require(actor, Permission.CORRECTION_PREPARE)
    original = take_correction(tx, actor, command.correction_id)
    before = tx.scalar(
        select(func.count())
        .select_from(Correction)
        .where(Correction.reverses_id == original.id, Correction.state != CorrectionState.CANCELLED)
    )
    check_reversal(
        CorrectionState(original.state),
        is_reversal=original.reverses_id is not None,
        reversed_already=bool(before),
    )
    view = correction_view(tx, actor, clock, original.id)
    lines = tuple(reversed_line(item.line) for item in view.lines)
    wanted = ProposeCorrection(
        original.case_id, original.decision_id, original.currency, command.reason, lines
    )
    row = _new(wanted, _person(actor), clock)
    row.reverses_id = original.id
    return _propose(tx, row, lines, actor, clock)


def _propose(
    tx: Tx, row: Correction, lines: Sequence[ProposalLine], actor: Actor, clock: Clock
) -> UUID:
    _measure(row, lines, current_approval_policy(tx, clock))
    tx.add(row)
    tx.flush()
    _add_lines(tx, row, lines)
    note(tx, row, actor, clock, "correction.proposed", reason=row.reason)
    emit(tx, CorrectionProposed(row.case_id, row.id, row.decision_id))
    return row.id


def _new(command: ProposeCorrection, person: UUID, clock: Clock) -> Correction:
    return Correction(
        id=uuid4(),
        case_id=command.case_id,
        decision_id=command.decision_id,
        state=CorrectionState.PROPOSED,
        currency=command.currency,
        reason=reason_of(command.reason),
        revision=1,
        preparer_id=person,
        maker_ids=[person],
        prepared_at=clock.now(),
        version=1,
        created_at=clock.now(),
    )


def _measure(row: Correction, lines: Sequence[ProposalLine], policy: ApprovalPolicyView) -> None:
    """Check the lines and store what they add up to, by the limits of the day. Raises Invalid."""
    check_lines(lines, row.currency, row.prepared_at.date())
    entries_of(lines, row.case_id)
    amount = moved(lines, row.currency)
    row.total_minor = total_of(lines, row.currency).minor_units()
    row.moved_minor = amount.minor_units()
    row.approval_policy_id, row.needs_second = policy.id, policy.limits.needs_second(amount)


def _add_lines(tx: Tx, row: Correction, lines: Sequence[ProposalLine]) -> None:
    wanted = {line.payee_id for line in lines} | {
        line.counter_payee_id for line in lines if line.counter_payee_id
    }
    if wanted - payees_by_id(tx, frozenset(wanted)).keys():
        raise NotFound
    tx.add_all(_line(row, position, line) for position, line in enumerate(lines, start=1))
    tx.flush()


def _line(row: Correction, position: int, line: ProposalLine) -> CorrectionLine:
    made = CorrectionLine(
        id=uuid4(),
        case_id=row.case_id,
        correction_id=row.id,
        revision=row.revision,
        position=position,
        payee_id=line.payee_id,
        counter_payee_id=line.counter_payee_id,
        from_hold=line.from_hold,
        currency=row.currency,
        amount_minor=line.amount.minor_units(),
        withholding_minor=line.withheld.minor_units(),
        reason=line.reason,
        note=line.note,
        period=line.period,
        original_lines=list(line.original_lines),
        source_text=line.source_text or str(line.amount.amount),
    )
    if line.conversion is not None:
        made.source_amount = line.conversion.source.amount
        made.source_currency = line.conversion.source.currency
        made.rate = line.conversion.rate
        made.rate_on = line.conversion.rate_on
        made.rate_source = line.conversion.rate_source
    return made


def _person(actor: Actor) -> UUID:
    """Four eyes need people: the system prepares and approves nothing."""
    if actor.person_id is None:
        raise Forbidden(Permission.CORRECTION_PREPARE.value, code="person_needed")
    return actor.person_id
