"""F2: changing a correction before it is approved. Approvals so far are void, and the page says so."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from app.accounts.rules import Permission
from app.corrections.queries.corrections import correction_view
from app.corrections.queries.views import CorrectionView
from app.corrections.rules.lifecycle import AWAITING
from app.corrections.service.proposals import revise_correction
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.errors import Invalid, Refused, Stale
from app.ledger.queries.balances import PayeeRow, payees_offered
from app.web.finance.corrections import show_correction
from app.web.finance.face import bp
from app.web.finance.revise_form import ReviseForm, started
from app.web.finance.words import correction_chip
from app.web.shared.context import current_actor, services
from app.web.shared.payee_names import FIND, name_in, tell_what_was_found
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/finance/corrections/<uuid:correction_id>/revise")
@policy(Permission.CORRECTION_PREPARE, on="correction")
def corrections_revise(correction_id: UUID) -> ResponseReturnValue:
    """The lines as they stand."""
    fix, payees = _load(correction_id)
    if not can_revise(fix):
        flash(
            _("Only a correction that waits for approval is changed; a reversal never is."), "warn"
        )
        return show_correction(correction_id), 409
    return _page(fix, started(fix, current_actor().locale), payees)


@bp.post("/finance/corrections/<uuid:correction_id>/revise")
@policy(Permission.CORRECTION_PREPARE, on="correction")
def corrections_change(correction_id: UUID) -> ResponseReturnValue:
    """A new revision: who changes it is one of its makers from now on, and approval starts again."""
    actor, form = current_actor(), ReviseForm()
    fix, payees = _load(correction_id, name_in(form.payee_name), form.chosen)
    if request.form.get("do") == FIND:
        tell_what_was_found(form.payee_name, [payee.legal_name for payee in payees])
        return _page(fix, form, payees)
    try:
        command = form.to_command(fix, actor.locale)
        with transaction(actor) as tx:
            revise_correction(tx, command, actor, services().clock)
    except Invalid as error:
        form.mark(error)
        return _page(fix, form, payees), 422
    except Stale:
        return _page(fix, form, payees, changed=True), 409
    except Refused as refusal:
        flash(translated(refusal.message), "warn")
        return show_correction(correction_id), 409
    flash(_("The correction is changed. Approval starts again."), "ok")
    return redirect(url_for("finance.corrections_show", correction_id=correction_id), 303)


def can_revise(fix: CorrectionView) -> bool:
    """It waits for an approver, and is no mirror of another."""
    return fix.state in AWAITING and fix.reverses_id is None


def _load(
    correction_id: UUID, name: str = "", chosen: frozenset[UUID] = frozenset()
) -> tuple[CorrectionView, tuple[PayeeRow, ...]]:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        fix = correction_view(tx, actor, services().clock, correction_id)
        return fix, payees_offered(tx, actor, name, chosen=chosen)


def _page(
    fix: CorrectionView, form: ReviseForm, payees: tuple[PayeeRow, ...], *, changed: bool = False
) -> str:
    form.offer(payees)
    rows = [
        (entry.form, fix.lines[number] if number < len(fix.lines) else None)
        for number, entry in enumerate(form.lines)
    ]
    problems = [
        (field.id, f"{field.label.text}: {translated(words)}")
        for row, _line in rows
        for field in row
        for words in field.errors
    ]
    return render_template(
        "finance/corrections/revise.html", fix=fix, form=form, rows=rows, problems=problems,
        changed=changed, state_of=correction_chip(fix.state), amount=fix.total or fix.moved,
    )  # fmt: skip
