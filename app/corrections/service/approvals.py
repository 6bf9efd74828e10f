"""Approving under four eyes, which posts and batches in the same transaction, and sending back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from app.accounts.rules import Permission, require
from app.accounts.service.standing import require_still
from app.corrections.commands import ApproveCorrection, RefuseCorrection
from app.corrections.events import (
    CorrectionApproved,
    CorrectionApprovedOnce,
    CorrectionRefused,
    CorrectionReversed,
)
from app.corrections.models import Correction, CorrectionApproval
from app.corrections.queries.corrections import correction_facts, correction_view
from app.corrections.queries.views import CorrectionView
from app.corrections.rules.approval import (
    ApprovalBar,
    bar_text,
    check_fresh,
    check_seen,
)
from app.corrections.rules.lifecycle import CorrectionEvent, CorrectionState
from app.corrections.service.joining import put_into_open_batch
from app.corrections.service.proposals import cancel
from app.corrections.service.rows import move, note, reason_of, take_correction
from app.decisions.queries import decision_by_id
from app.decisions.rules import DecisionState
from app.infra.db.transaction import Tx
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Refused
from app.kernel.words import words as _
from app.ledger.commands import Post
from app.ledger.queries.books import posting_day
from app.ledger.rules.posting import JournalKind
from app.ledger.service.books import require_open
from app.ledger.service.posting import post, reverse_journal


@dataclass(frozen=True, slots=True)
class ApprovalResult:
    """What an approval led to. *awaiting*: corrections of the case that still wait for an approver."""

    correction_id: UUID
    case_id: UUID
    decision_id: UUID
    state: CorrectionState
    batch_id: UUID | None
    awaiting: int

    @property
    def is_first_of_two(self) -> bool:
        """True when a second person must approve this one."""
        return self.state is CorrectionState.APPROVED_ONCE

    @property
    def is_last(self) -> bool:
        """True when nothing of the case waits for approval any more."""
        return self.awaiting == 0


def approve_correction(
    tx: Tx, command: ApproveCorrection, actor: Actor, clock: Clock
) -> ApprovalResult:
    """Approve exactly what was seen; the last needed approval posts the journal and joins the open batch.

    Raises Forbidden without the role (also one taken away in the same instant) or for one's own work or money (B096), Refused when it does not wait
    any more (B097), the second factor is older than five minutes, a payee's bank details are too new (B103) or
    the month of today is closed, Stale when it changed (B098).
    """
    require_still(tx, actor, Permission.CORRECTION_APPROVE)
    row = take_correction(tx, actor, command.correction_id)
    view = correction_view(tx, actor, clock, row.id)
    _refuse_barred(view)
    check_fresh(actor.proven_at, clock.now())
    check_seen(command.seen_hash, view.seen_hash)
    if view.bar is ApprovalBar.BANK_TOO_NEW:
        raise Refused(view.bar.value, bar_text(view.bar))
    if decision_by_id(tx, actor, row.decision_id).state is not DecisionState.CONFIRMED:
        raise Refused(
            "decision_open", _("The decision behind this correction is not confirmed yet.")
        )
    _add_approval(tx, row, len(view.approvals) + 1, command.seen_hash, actor, clock)
    move(row, CorrectionEvent.APPROVE)
    note(tx, row, actor, clock, "correction.approved", seen=command.seen_hash)
    batch_id = None
    if CorrectionState(row.state) is CorrectionState.APPROVED_ONCE:
        emit(tx, CorrectionApprovedOnce(row.case_id, row.id, row.decision_id))
    else:
        batch_id = _post_and_batch(tx, row, view, actor, clock)
    awaiting = correction_facts(tx, row.case_id).awaiting
    return ApprovalResult(
        row.id, row.case_id, row.decision_id, CorrectionState(row.state), batch_id, awaiting
    )


def refuse_correction(tx: Tx, command: RefuseCorrection, actor: Actor, clock: Clock) -> None:
    """Send it back with a reason: it is cancelled and the case returns. Raises Forbidden, NotFound, Refused."""
    require(actor, Permission.CORRECTION_APPROVE)
    row = take_correction(tx, actor, command.correction_id)
    reason = reason_of(command.reason)
    cancel(tx, row, reason, actor, clock)
    emit(tx, CorrectionRefused(row.case_id, row.id, row.decision_id, reason))


def _refuse_barred(view: CorrectionView) -> None:
    if view.bar in (None, ApprovalBar.BANK_TOO_NEW):
        return
    if view.bar is ApprovalBar.NOT_WAITING:
        who = ", ".join(approval.approver_name for approval in view.approvals)
        raise Refused(
            "not_waiting",
            _("This correction does not wait any more: approved by %(who)s.", who=who)
            if who
            else bar_text(view.bar),
        )
    raise Forbidden(bar_text(view.bar), code=view.bar.value)


def _add_approval(
    tx: Tx, row: Correction, ordinal: int, seen: str, actor: Actor, clock: Clock
) -> None:
    tx.add(
        CorrectionApproval(
            id=uuid4(),
            case_id=row.case_id,
            correction_id=row.id,
            revision=row.revision,
            ordinal=ordinal,
            approver_id=actor.person_id,
            approver_name=actor.name,
            seen_hash=seen,
            proven_at=actor.proven_at,
            approved_at=clock.now(),
        )
    )
    tx.flush()


def _post_and_batch(
    tx: Tx, row: Correction, view: CorrectionView, actor: Actor, clock: Clock
) -> UUID:
    day = posting_day(tx, clock)
    require_open(tx, day, clock)
    row.journal_id = _journal(tx, row, view, actor, clock)
    row.posted_at = clock.now()
    row.posting_date = day
    move(row, CorrectionEvent.POST)
    note(tx, row, actor, clock, "correction.posted", journal=str(row.journal_id))
    batch_id = put_into_open_batch(tx, row, actor, clock)
    if row.reverses_id is None:
        emit(tx, CorrectionApproved(row.case_id, row.id, row.decision_id, batch_id))
    else:
        emit(tx, CorrectionReversed(row.case_id, row.reverses_id, row.id))
    return batch_id


def _journal(tx: Tx, row: Correction, view: CorrectionView, actor: Actor, clock: Clock) -> UUID:
    narration = f"{view.case_ref}: {row.reason}"
    if row.reverses_id is None:
        command = Post(row.case_id, JournalKind.CORRECTION, narration, view.entries)
        return post(tx, command, actor, clock)
    original = tx.get_one(Correction, row.reverses_id)
    assert original.journal_id is not None
    return reverse_journal(tx, original.journal_id, narration, actor, clock)
