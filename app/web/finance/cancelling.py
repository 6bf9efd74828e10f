"""F3 and F2: turning a closed batch back by a second person, and how a mismatch of the ledger ended."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, redirect, request, url_for

from app.accounts.rules import Permission
from app.corrections.commands import (
    CancelBatch,
    ConfirmCancellation,
    DropCancellation,
)
from app.corrections.service.answers import settle_mismatch
from app.corrections.service.cancelling import (
    ask_cancellation,
    confirm_cancellation,
    drop_cancellation,
)
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.errors import Invalid, Refused
from app.web.finance.batches import show_batch
from app.web.finance.corrections import show_correction
from app.web.finance.face import bp
from app.web.finance.reasons import ReasonForm, SettleForm, version_of
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.post("/finance/batches/<uuid:batch_id>/cancel")
@policy(Permission.BATCH_LOCK, on="batch")
@once_per_key
def batches_cancel(batch_id: UUID) -> ResponseReturnValue:
    """Prepare the batch that turns this one back; another person lets it go."""
    actor, form = current_actor(), ReasonForm()
    command = CancelBatch(batch_id, version_of(request.form.get("version")), form.reason.data or "")
    try:
        with transaction(actor) as tx:
            made = ask_cancellation(tx, command, actor, services().clock)
    except Invalid as error:
        mark(form, error, "reason")
        return show_batch(batch_id, cancel=form), 422
    flash(_("The reversing batch is ready. Somebody else lets it go."), "ok")
    return redirect(url_for("finance.batches_show", batch_id=made), 303)


@bp.post("/finance/batches/<uuid:batch_id>/confirm-cancel")
@policy(Permission.BATCH_EXPORT, on="batch")
@once_per_key
def batches_confirm_cancel(batch_id: UUID) -> ResponseReturnValue:
    """Cancel what never left; its corrections join the open batch."""
    actor = current_actor()
    with transaction(actor) as tx:
        confirm_cancellation(tx, ConfirmCancellation(batch_id), actor, services().clock)
    flash(_("The batch is cancelled. Its corrections are in the open batch again."), "ok")
    return redirect(url_for("finance.batches_show", batch_id=batch_id), 303)


@bp.post("/finance/batches/<uuid:batch_id>/keep")
@policy(Permission.BATCH_LOCK, on="batch")
@once_per_key
def batches_keep(batch_id: UUID) -> ResponseReturnValue:
    """Take the wish to cancel back."""
    actor, form = current_actor(), ReasonForm()
    try:
        with transaction(actor) as tx:
            command = DropCancellation(batch_id, form.reason.data or "")
            drop_cancellation(tx, command, actor, services().clock)
    except Invalid as error:
        mark(form, error, "reason")
        return show_batch(batch_id, cancel=form), 422
    flash(_("The batch stays as it was."), "ok")
    return redirect(url_for("finance.batches_show", batch_id=batch_id), 303)


@bp.post("/finance/corrections/<uuid:correction_id>/settle")
@policy(Permission.BATCH_ACKNOWLEDGE, on="correction")
@once_per_key
def corrections_settle(correction_id: UUID) -> ResponseReturnValue:
    """Say how a mismatch ended."""
    actor, form = current_actor(), SettleForm()
    try:
        with transaction(actor) as tx:
            settle_mismatch(tx, form.to_command(correction_id), actor, services().clock)
    except Invalid as error:
        mark(form, error, "note")
        return show_correction(correction_id, settle=form), 422
    except Refused as refusal:
        flash(translated(refusal.message), "warn")
        return show_correction(correction_id), 409
    flash(_("The answer of the ledger is recorded."), "ok")
    return redirect(url_for("finance.corrections_show", correction_id=correction_id), 303)
