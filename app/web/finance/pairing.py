"""F5: a line that the ledger calls by a name of its own is matched by hand, with a reason, or taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, redirect, url_for

from app.accounts.rules import Permission
from app.corrections.commands import UndoMatch
from app.corrections.service.pairing import match_by_hand, undo_match
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.errors import Invalid, Refused
from app.web.finance.face import bp
from app.web.finance.pairing_form import HandForm
from app.web.finance.reconciling import ConfirmForm, result_page
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.post("/finance/batches/reconciliations/<uuid:reconciliation_id>/matches")
@policy(Permission.BATCH_ACKNOWLEDGE)
@once_per_key
def pairing_match(reconciliation_id: UUID) -> ResponseReturnValue:
    """Match a correction that is missing with a line that is unknown."""
    actor, form = current_actor(), HandForm()
    try:
        with transaction(actor) as tx:
            match_by_hand(tx, form.to_command(reconciliation_id), actor, services().clock)
    except Refused as refusal:
        flash(translated(refusal.message), "warn")
        return redirect(_result(reconciliation_id), 303)
    except Invalid as error:
        mark(form, error, "line")
        return result_page(reconciliation_id, ConfirmForm(formdata=None), form), 422
    flash(_("Matched. It counts once you confirm the result."), "ok")
    return redirect(_result(reconciliation_id), 303)


@bp.post(
    "/finance/batches/reconciliations/<uuid:reconciliation_id>/matches/<uuid:correction_id>/undo"
)
@policy(Permission.BATCH_ACKNOWLEDGE)
@once_per_key
def pairing_undo(reconciliation_id: UUID, correction_id: UUID) -> ResponseReturnValue:
    """Take back what was matched by hand."""
    actor = current_actor()
    try:
        with transaction(actor) as tx:
            undo_match(tx, UndoMatch(reconciliation_id, correction_id), actor, services().clock)
    except Refused as refusal:
        flash(translated(refusal.message), "warn")
        return redirect(_result(reconciliation_id), 303)
    flash(_("Taken back: both stand as the file said."), "ok")
    return redirect(_result(reconciliation_id), 303)


def _result(reconciliation_id: UUID) -> str:
    return url_for("finance.reconciling_result", reconciliation_id=reconciliation_id)
