"""The corrections of a shared fault in one act: what would be proposed for whom and why not, then how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField

from app.accounts.rules import Permission
from app.cases.rules.kinds import State
from app.incidents.commands import PrepareCorrections
from app.incidents.queries import EventRow, event_row
from app.incidents.service.correcting import LONGEST_REASONS
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import ngettext, translated
from app.kernel.errors import Invalid, Refused, Stale
from app.web.finance.face import bp
from app.web.finance.incident_words import event_words, fault_words, sums_words
from app.web.shared.answer_texts import put_errors
from app.web.shared.audit_words import month_words
from app.web.shared.context import current_actor, services
from app.web.shared.filters import money_words
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.workflows.correct_together import (
    Planned,
    may_prepare,
    plan_of,
    prepare_all,
    who_may_prepare,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

AGAIN_AFTER = "3"
SHOWN = 100
BEFORE_AUDIT = frozenset({State.SUBMITTED, State.TRIAGE})
"""Child cases that nobody took or audited yet."""


class ReasonsForm(FlaskForm):
    """What the artists read, the same for all."""

    reasons = TextAreaField(
        __("Reasons for the artists"),
        description=__("Every artist gets these words with their own amount and working."),
        render_kw={"maxlength": str(LONGEST_REASONS), "rows": "5"},
    )
    seen = HiddenField()


@bp.get("/finance/parent-events/<uuid:event_id>/corrections")
@policy(Permission.CORRECTION_PREPARE)
def incident_corrections_show(event_id: UUID) -> ResponseReturnValue:
    """What one act would propose, and what became of the one before."""
    return _page(event_id)


@bp.post("/finance/parent-events/<uuid:event_id>/corrections")
@policy(Permission.PARENT_EVENT_DECIDE)
@once_per_key
def incident_corrections_prepare(event_id: UUID) -> ResponseReturnValue:
    """Propose exactly what was previewed, in the background."""
    form, actor = ReasonsForm(), current_actor()
    command = PrepareCorrections(event_id, form.seen.data or "", form.reasons.data or "")
    try:
        with transaction(actor) as tx:
            count = prepare_all(tx, command, actor, services().clock)
    except Invalid as error:
        put_errors(form, error)
        return _page(event_id, form, 422)
    except (Stale, Refused) as error:
        flash(translated(error.message), "warn")
        return _page(event_id, form, 409)
    words = ngettext(
        "%(num)s correction is being prepared. You may leave this page.",
        "%(num)s corrections are being prepared. You may leave this page.", count,
    )  # fmt: skip
    flash(words, "ok")
    return redirect(url_for("finance.incident_corrections_show", event_id=event_id), 303)


def _page(
    event_id: UUID, form: ReasonsForm | None = None, status: int = 200
) -> ResponseReturnValue:
    actor, after = current_actor(), request.args.get("after", "")[:200]
    can_prepare = may_prepare(actor)
    with transaction(actor, read_only=True) as tx:
        event = event_row(tx, actor, event_id)
        plan = plan_of(tx, actor, event_id)
        others = () if can_prepare else who_may_prepare(tx)
    behind = [row for row in plan.rows if row.case.payee > after]
    shown, further = behind[:SHOWN], behind[SHOWN:]
    form = form or ReasonsForm(formdata=None, reasons=_reasons(event, actor.locale))
    form.seen.data = plan.seen
    here: dict[str, Any] = {"event_id": event_id}
    html = render_template(
        "finance/incidents/corrections.html",
        event=event, words=event_words(event, actor.locale), form=form,
        rows=[(row, _amount(row, actor.locale)) for row in shown],
        ready=len(plan.ready), sums=sums_words(plan.sums, actor.locale),
        done=sum(row.correction_id is not None for row in plan.rows),
        left_out=sum(bool(row.why) for row in plan.rows),
        to_audit=any(row.case.state in BEFORE_AUDIT for row in plan.rows),
        ran_into=sum(bool(row.before) for row in plan.rows), is_running=plan.is_running,
        can_prepare=can_prepare, others=others,
        next_href=url_for("finance.incident_corrections_show", after=shown[-1].case.payee, **here) if further else None,
        first_href=url_for("finance.incident_corrections_show", **here) if after else None,
    )  # fmt: skip
    return html, status, {"Refresh": AGAIN_AFTER} if plan.is_running else {}


def _amount(row: Planned, locale: str) -> str:
    return money_words(row.total, locale) if row.total else ""


def _reasons(event: EventRow, locale: str) -> str:
    return _(
        "We checked the statement of %(month)s ourselves and found a mistake of ours: %(fault)s. We correct it and pay the difference.",
        month=month_words(event.statement_month, locale), fault=fault_words(event, locale),
    )  # fmt: skip
