"""Parent events: faults that many payees have in common, with their payees and lines; a lead opens cases or says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField

from app.accounts.rules import Permission, may
from app.incidents.commands import DismissEvent, OpenCases
from app.incidents.queries import (
    EventRow,
    LineRow,
    event_row,
    events_page,
    lines_page,
    payee_counts,
    payee_row,
    payees_page,
)
from app.incidents.rules.states import EventState, Result
from app.incidents.service.deciding import LONGEST_REASON, dismiss, want_cases
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import Invalid, NotFound
from app.web.finance.face import bp
from app.web.finance.incident_words import (
    STATE_WORDS,
    event_chip,
    event_words,
    fault_words,
    proposal_words,
    sums_words,
)
from app.web.shared.answer_texts import put_errors
from app.web.shared.audit_words import detail_words, month_words
from app.web.shared.context import current_actor, services
from app.web.shared.filters import exact_words
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.workflows.sweep_payouts import check_again, months_to_check

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

CASES_THERE = (EventState.OPENING, EventState.OPENED)
AGAIN_AFTER = "3"
"""Seconds until the page of an event whose cases are being opened is fetched again."""


class DismissForm(FlaskForm):
    """Why no cases come of it."""

    reason = TextAreaField(
        __("Why no cases are needed"), render_kw={"maxlength": str(LONGEST_REASON), "rows": "3"}
    )
    version = HiddenField()


@bp.get("/finance/parent-events")
@policy(Permission.PARENT_EVENT_READ)
def incidents_list() -> ResponseReturnValue:
    """What our own check found, the newest first; superseded events only when asked for."""
    actor, state = current_actor(), _state(request.args.get("state", ""))
    after = _uuid(request.args.get("after", ""))
    can_check = may(actor, Permission.PARENT_EVENT_CHECK)
    with transaction(actor, read_only=True) as tx:
        page = events_page(tx, actor, state, after)
        months = months_to_check(tx) if can_check else ()
    kept: dict[str, Any] = {"state": state.value} if state else {}
    return render_template(
        "finance/incidents/list.html",
        rows=[_shown(row, actor.locale) for row in page.rows],
        state=state.value if state else "",
        states=[(one.value, words) for one, words in STATE_WORDS.items()],
        months=[(month, month_words(month, actor.locale)) for month in months],
        next_href=url_for("finance.incidents_list", after=page.next, **kept) if page.next else None,
        first_href=url_for("finance.incidents_list", **kept) if after else None,
    )


@bp.post("/finance/parent-events/check")
@policy(Permission.PARENT_EVENT_CHECK)
@once_per_key
def incidents_check() -> ResponseReturnValue:
    """Check a month again, with the terms in force now."""
    actor = current_actor()
    with transaction(actor) as tx:
        check_again(tx, request.form.get("month", "")[:7], actor, services().clock)
    flash(_("The month is being checked. What it finds stands here in a moment."), "ok")
    return redirect(url_for("finance.incidents_list"), 303)


@bp.get("/finance/parent-events/<uuid:event_id>")
@policy(Permission.PARENT_EVENT_READ)
def incidents_show(event_id: UUID) -> ResponseReturnValue:
    """One event: what all lines share, its payees with what is proposed for each, what a lead may do."""
    return _page(event_id)


@bp.get("/finance/parent-events/<uuid:event_id>/lines")
@policy(Permission.PARENT_EVENT_READ)
def incidents_lines(event_id: UUID) -> ResponseReturnValue:
    """The lines of one payee."""
    actor, payee = current_actor(), request.args.get("payee", "")[:200]
    after = _whole(request.args.get("after", ""))
    with transaction(actor, read_only=True) as tx:
        row = event_row(tx, actor, event_id)
        owner = payee_row(tx, actor, event_id, payee)
        lines, further = lines_page(tx, actor, event_id, payee, after)
    here: dict[str, Any] = {"event_id": event_id, "payee": payee}
    return render_template(
        "finance/incidents/lines.html",
        event=_shown(row, actor.locale),
        payee=owner,
        sums=sums_words(owner.sums, actor.locale),
        lines=[_line(line, actor.locale) for line in lines],
        next_href=url_for("finance.incidents_lines", after=further, **here) if further else None,
        first_href=url_for("finance.incidents_lines", **here) if after else None,
    )


@bp.post("/finance/parent-events/<uuid:event_id>/cases")
@policy(Permission.PARENT_EVENT_DECIDE)
@once_per_key
def incidents_open_cases(event_id: UUID) -> ResponseReturnValue:
    """Open the proposed cases in the background."""
    actor = current_actor()
    command = OpenCases(event_id, _whole(request.form.get("version", "")))
    with transaction(actor) as tx:
        want_cases(tx, command, actor, services().clock)
    flash(_("The cases are being opened. You may leave this page."), "ok")
    return redirect(url_for("finance.incidents_show", event_id=event_id), 303)


@bp.post("/finance/parent-events/<uuid:event_id>/dismiss")
@policy(Permission.PARENT_EVENT_DECIDE)
@once_per_key
def incidents_dismiss(event_id: UUID) -> ResponseReturnValue:
    """No cases, and why."""
    form, actor = DismissForm(), current_actor()
    command = DismissEvent(event_id, _whole(form.version.data or ""), form.reason.data or "")
    try:
        with transaction(actor) as tx:
            dismiss(tx, command, actor, services().clock)
    except Invalid as error:
        put_errors(form, error)
        return _page(event_id, form, 422)
    flash(_("Dismissed. No cases come of it."), "ok")
    return redirect(url_for("finance.incidents_show", event_id=event_id), 303)


def _page(
    event_id: UUID, form: DismissForm | None = None, status: int = 200
) -> ResponseReturnValue:
    actor, after = current_actor(), request.args.get("after", "")[:200]
    with transaction(actor, read_only=True) as tx:
        row = event_row(tx, actor, event_id)
        page = payees_page(tx, actor, event_id, after)
        counts = payee_counts(tx, actor, event_id)
    waiting = sum(count for (result, _known), count in counts.items() if result is Result.WAITING)
    is_opening = row.state is EventState.OPENING
    html = render_template(
        "finance/incidents/show.html",
        event=_shown(row, actor.locale),
        form=form or DismissForm(formdata=None, version=str(row.version)),
        payees=[
            (one, sums_words(one.sums, actor.locale), proposal_words(one)) for one in page.rows
        ],
        proposed=counts.get((Result.WAITING, True), 0),
        unknown=counts.get((Result.WAITING, False), 0) + _of(counts, Result.UNKNOWN),
        opened=_of(counts, Result.OPENED),
        joined=_of(counts, Result.JOINED),
        refused=_of(counts, Result.REFUSED),
        done=row.payees - waiting,
        is_opening=is_opening,
        can_decide=row.is_open and may(actor, Permission.PARENT_EVENT_DECIDE),
        can_correct=row.state in CASES_THERE and may(actor, Permission.CORRECTION_PREPARE),
        next_href=url_for("finance.incidents_show", event_id=row.id, after=page.next)
        if page.next
        else None,
        first_href=url_for("finance.incidents_show", event_id=row.id) if after else None,
    )
    return html, status, {"Refresh": AGAIN_AFTER} if is_opening else {}


def _line(line: LineRow, locale: str) -> dict[str, Any]:
    return {
        "row": line, "detail": detail_words(line.detail, locale) if line.detail else "",
        # All their places: rounded, the three amounts of a line would not add up.
        "delta": exact_words(line.delta, line.currency, locale), "expected": exact_words(line.expected, line.currency, locale),
        "paid": exact_words(line.paid, line.currency, locale),
    }  # fmt: skip


def _of(counts: dict[tuple[Result, bool], int], result: Result) -> int:
    return sum(count for (one, _known), count in counts.items() if one is result)


def _shown(row: EventRow, locale: str) -> dict[str, Any]:
    return {
        "row": row, "words": event_words(row, locale), "fault": fault_words(row, locale),
        "sums": sums_words(row.sums, locale), "month": month_words(row.statement_month, locale), "chip": event_chip(row.state),
    }  # fmt: skip


def _state(text: str) -> EventState | None:
    return EventState(text) if text in {one.value for one in EventState} else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound("page") from error


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
