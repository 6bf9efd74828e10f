"""What a party may do with the whole case: ask for more time once, take it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField

from app.accounts.rules import Permission
from app.cases.commands import ApplyEvent
from app.cases.queries import case_by_ref, clocks_of
from app.cases.rules.kinds import CaseEvent, State
from app.cases.rules.views import CaseView
from app.conversations.commands import ExtendRequest
from app.conversations.queries.requests import RequestRow, request_by_number
from app.conversations.service.requests import extend_request
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import ngettext
from app.kernel.errors import Refused
from app.policies.queries import policy_by_id
from app.policies.rules.clocks import ClockKind, party_end
from app.web.portal.face import bp
from app.web.portal.versions import version_field, version_of
from app.web.shared.answers import Words, chosen, options
from app.web.shared.context import current_actor, services
from app.web.shared.filters import due_words
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.shell import pick_locale
from app.workflows.act import act

REASON_MOST = 2_000
OFFERED = (3, 7, 14, 30)
WAITING = {State.WAITING_COMPLAINANT, State.WAITING_RESPONDENT}


class WithdrawForm(FlaskForm):
    """A reason helps us, and is not needed."""

    version = version_field()
    reason = TextAreaField(__("Why?"), [Words(REASON_MOST, required=False, multiline=True)])


class MoreTimeForm(FlaskForm):
    """How much, and why."""

    version = version_field()
    days = RadioField(
        __("How much more time do you need?"), [chosen(required=True)], validate_choice=False
    )
    reason = TextAreaField(__("Why?"), [Words(REASON_MOST, required=True, multiline=True)])


def _case(ref: str) -> CaseView:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        return case_by_ref(tx, actor, ref)


@bp.get("/cases/<ref>/withdraw")
@policy(Permission.PARTY_CASE_ACT, on="case")
def withdraw(ref: str) -> str:
    """Say what happens before it does."""
    case = _case(ref)
    return render_template(
        "portal/cases/withdraw.html",
        case=case,
        form=WithdrawForm(version=str(case.version)),
        failed=False,
    )


@bp.post("/cases/<ref>/withdraw")
@policy(Permission.PARTY_CASE_ACT, on="case")
def withdraw_now(ref: str) -> Response | tuple[str, int]:
    """Close the case as taken back."""
    form, case, actor = WithdrawForm(), _case(ref), current_actor()
    if not form.validate():
        return render_template("portal/cases/withdraw.html", case=case, form=form, failed=True), 422
    command = ApplyEvent(
        case.id, CaseEvent.WITHDRAW, version_of(form, case), reason=(form.reason.data or "").strip()
    )
    with transaction(actor) as tx:
        act(tx, command, actor, services().clock)
    flash(_("You took the case back. It is closed."))
    return redirect(f"/cases/{case.ref}", 303)


def _ends(tx: Tx, case: CaseView, row: RequestRow) -> dict[int, datetime]:
    """Days that can be had and when each ends: within what the policy gives a party."""
    clocks = clocks_of(tx, current_actor(), case.id)
    zone = next((c.zone for c in clocks if c.kind == ClockKind.PARTY), current_actor().zone)
    most = policy_by_id(tx, case.policy_id).clocks[ClockKind.PARTY].n
    start = max(services().clock.now(), row.due_at)
    return {days: party_end(start, days, zone) for days in sorted({*OFFERED, most}) if days <= most}


def _span(days: int, at: datetime) -> str:
    span = ngettext("%(num)s more day", "%(num)s more days", days)
    return _(
        "%(span)s, until %(when)s",
        span=span,
        when=due_words(at, pick_locale(), current_actor().zone),
    )


def _time_form(ends: dict[int, datetime], case: CaseView) -> Any:
    form = MoreTimeForm()
    form.days.choices = options((str(days), _span(days, at)) for days, at in ends.items())
    if not form.version.data:
        form.version.data = str(case.version)
    return form


def _read(ref: str, number: int) -> tuple[CaseView, RequestRow, dict[int, datetime]]:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = case_by_ref(tx, actor, ref)
        row = request_by_number(tx, actor, case.id, number)
        return case, row, _ends(tx, case, row)


@bp.get("/cases/<ref>/requests/<int:number>/more-time")
@policy(Permission.PARTY_REQUEST_ANSWER, on="case")
def more_time(ref: str, number: int) -> str:
    """The first extension is automatic."""
    case, row, ends = _read(ref, number)
    return render_template(
        "portal/requests/more_time.html",
        case=case,
        row=row,
        form=_time_form(ends, case),
        failed=False,
    )


def _extend(case: CaseView, row: RequestRow, form: Any, ends: dict[int, datetime]) -> None:
    """While the case waits the clock is moved and the request with it; else the request alone."""
    actor, clock = current_actor(), services().clock
    days, reason = int(form.days.data), form.reason.data.strip()
    with transaction(actor) as tx:
        if case.state in WAITING:
            version = version_of(form, case)
            move = ApplyEvent(case.id, CaseEvent.EXTEND, version, reason, {"days": days})
            act(tx, move, actor, clock)
        else:
            command = ExtendRequest(case.id, row.id, ends[days], max(ends.values()), reason)
            extend_request(tx, command, actor, clock)


@bp.post("/cases/<ref>/requests/<int:number>/more-time")
@policy(Permission.PARTY_REQUEST_ANSWER, on="case")
@once_per_key
def take_more_time(ref: str, number: int) -> Response | tuple[str, int]:
    """A later deadline, once, for the request and the clock alike."""
    case, row, ends = _read(ref, number)
    form, actor = _time_form(ends, case), current_actor()
    if not form.validate():
        return render_template(
            "portal/requests/more_time.html", case=case, row=row, form=form, failed=True
        ), 422
    if not row.can_extend:
        raise Refused(
            "extended_before",
            _("This deadline was extended once already. Write to us if you need more."),
        )
    days = int(form.days.data)
    _extend(case, row, form, ends)
    flash(_("You have until %(when)s.", when=due_words(ends[days], pick_locale(), actor.zone)))
    return redirect(f"/cases/{case.ref}", 303)
