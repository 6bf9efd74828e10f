"""Money turned back or changed by program: a batch cancelled by two people, a posted correction mirrored, a waiting one revised."""

from __future__ import annotations

from uuid import UUID

from app.accounts.rules import Permission, Scope
from app.api.correction_lines import lines_in
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.once import once_per_key
from app.api.frame.spec import WRITES, answers
from app.api.frame.versions import require_seen
from app.api.money import BATCHES, CORRECTIONS, seen_batch
from app.api.shapes import money as shapes
from app.api.shapes.decisions import SayWhy
from app.api.shapes.money_acts import ReviseCorrection as Revision
from app.corrections.commands import (
    CancelBatch,
    ConfirmCancellation,
    DropCancellation,
    ReverseCorrection,
    ReviseCorrection,
)
from app.corrections.queries.batches import batch_view
from app.corrections.queries.corrections import correction_view
from app.corrections.service.cancelling import (
    ask_cancellation,
    confirm_cancellation,
    drop_cancellation,
)
from app.corrections.service.proposals import reverse_correction, revise_correction
from app.infra.db.transaction import transaction


@bp.post("/batches/<uuid:batch_id>/cancel")
@needs(Scope.MONEY_WRITE, Permission.BATCH_LOCK, on="batch")
@once_per_key
@answers(shapes.Batch, status=201, tag=BATCHES, also=(*WRITES, 428))
def batch_cancel(batch_id: UUID, json: SayWhy) -> tuple[shapes.Batch, int]:
    """Ask to cancel a locked or exported batch: answers the batch that turns it back, which somebody else lets go.

    What was exported is turned back by exporting that batch; what never left by `/cancel/confirm` of it.
    """
    actor, clock = bearer(), services().clock
    with transaction(actor) as tx:
        view = seen_batch(tx, actor, batch_id)
        command = CancelBatch(batch_id, view.version, json.reason)
        made = ask_cancellation(tx, command, actor, clock)
        return shapes.Batch.of_view(batch_view(tx, actor, made)), 201


@bp.post("/batches/<uuid:batch_id>/cancel/confirm")
@needs(Scope.MONEY_WRITE, Permission.BATCH_EXPORT, on="batch")
@once_per_key
@answers(shapes.Batch, tag=BATCHES, also=WRITES)
def batch_cancel_confirm(batch_id: UUID) -> shapes.Batch:
    """Let the reversing batch of one that never left go: that one is cancelled, its corrections are free again."""
    actor, clock = bearer(), services().clock
    with transaction(actor) as tx:
        batch_view(tx, actor, batch_id)
        confirm_cancellation(tx, ConfirmCancellation(batch_id), actor, clock)
        return shapes.Batch.of_view(batch_view(tx, actor, batch_id))


@bp.post("/batches/<uuid:batch_id>/cancel/drop")
@needs(Scope.MONEY_WRITE, Permission.BATCH_LOCK, on="batch")
@once_per_key
@answers(shapes.Batch, tag=BATCHES, also=WRITES)
def batch_cancel_drop(batch_id: UUID, json: SayWhy) -> shapes.Batch:
    """Take the wish to cancel back, by the reversing batch, before it left."""
    actor, clock = bearer(), services().clock
    with transaction(actor) as tx:
        batch_view(tx, actor, batch_id)
        drop_cancellation(tx, DropCancellation(batch_id, json.reason), actor, clock)
        return shapes.Batch.of_view(batch_view(tx, actor, batch_id))


@bp.post("/corrections/<uuid:correction_id>/reverse")
@needs(Scope.MONEY_WRITE, Permission.CORRECTION_PREPARE, on="correction")
@once_per_key
@answers(shapes.Correction, status=201, tag=CORRECTIONS, also=WRITES)
def correction_reverse(correction_id: UUID, json: SayWhy) -> tuple[shapes.Correction, int]:
    """Propose the mirror of a posted correction: it is approved and leaves as every other."""
    actor, clock = bearer(), services().clock
    with transaction(actor) as tx:
        correction_view(tx, actor, clock, correction_id)
        command = ReverseCorrection(correction_id, json.reason)
        made = reverse_correction(tx, command, actor, clock)
        return shapes.Correction.of_view(correction_view(tx, actor, clock, made)), 201


@bp.post("/corrections/<uuid:correction_id>/revise")
@needs(Scope.MONEY_WRITE, Permission.CORRECTION_PREPARE, on="correction")
@once_per_key
@answers(shapes.Correction, tag=CORRECTIONS, also=(*WRITES, 428))
def correction_revise(correction_id: UUID, json: Revision) -> shapes.Correction:
    """Replace the lines and the reason of a correction that waits for approval; approvals so far are void."""
    actor, clock = bearer(), services().clock
    with transaction(actor) as tx:
        fix = correction_view(tx, actor, clock, correction_id)
        require_seen(shapes.Correction.of_view(fix))
        lines = lines_in(tx, fix.case_id, json.lines, fix.currency, actor, clock)
        command = ReviseCorrection(fix.id, fix.version, fix.currency, json.reason.strip(), lines)
        revise_correction(tx, command, actor, clock)
        return shapes.Correction.of_view(correction_view(tx, actor, clock, correction_id))
