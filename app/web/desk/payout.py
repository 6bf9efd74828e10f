"""S7: the payout audit of a case: what was paid, what should have been, why they differ, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from app.accounts.rules import Permission, may
from app.cases.rules.actions import moves_of_role
from app.cases.rules.kinds import CaseEvent
from app.corrections.queries.steps import steps_of
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound, Refused
from app.ledger.queries.holds import holds_of
from app.recompute.commands import AskAudit, CancelAudit, ExplainLine
from app.recompute.queries import (
    AuditRow,
    GroupPage,
    Wanted,
    group_lines,
    groups_page,
    newest_audits,
    notes_of,
    splits_of,
    suspense_page,
    totals_of_run,
)
from app.recompute.rules.runs import RunState
from app.recompute.service.keeping import LONGEST_NOTE, explain_line
from app.recompute.service.runs import ask_audit, cancel_run
from app.statements.queries.marks import marked_places
from app.web.desk.face import bp
from app.web.desk.head import LoadedCase, load_case
from app.web.desk.payout_beside import beside
from app.web.shared.audit_lines import lines_file
from app.web.shared.audit_view import (
    Asked,
    factors_of,
    group_line,
    months_of,
    pairs_of,
    reason_parts,
    sums_of,
)
from app.web.shared.context import current_actor, services
from app.web.shared.filters import short_when_words
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

AGAIN_AFTER = "3"
"""Seconds until the page of a run that is open is fetched again."""


class NoteForm(FlaskForm):
    """What explains a line."""

    note = TextAreaField(
        __("What explains it"), render_kw={"rows": "2", "maxlength": str(LONGEST_NOTE)}
    )


@bp.get("/desk/cases/<ref>/payout")
@policy(Permission.PAYOUT_READ, on="case")
def payout_show(ref: str) -> ResponseReturnValue:
    """The newest run that found something; one that is open stands above it."""
    return _page(ref)


@bp.post("/desk/cases/<ref>/payout")
@policy(Permission.CORRECTION_PREPARE, on="case")
@once_per_key
def payout_recompute(ref: str) -> ResponseReturnValue:
    """Compute again from what is imported now and the terms in force."""
    actor = current_actor()
    try:
        with transaction(actor) as tx:
            case = load_case(tx, actor, ref)
            ask_audit(tx, AskAudit(case.id), actor, services().clock)
    except Invalid as error:
        flash(translated(error.message), "danger")
    return redirect(url_for("desk.payout_show", ref=ref), 303)


@bp.post("/desk/cases/<ref>/payout/<uuid:audit_id>/cancel")
@policy(Permission.CORRECTION_PREPARE, on="case")
@once_per_key
def payout_cancel(ref: str, audit_id: UUID) -> ResponseReturnValue:
    """Stop a run; nothing of it is kept."""
    actor = current_actor()
    try:
        with transaction(actor) as tx:
            case = load_case(tx, actor, ref)
            cancel_run(tx, CancelAudit(case.id, audit_id), actor, services().clock)
    except Refused as error:
        flash(translated(error.message), "warn")
    return redirect(url_for("desk.payout_show", ref=ref), 303)


@bp.post("/desk/cases/<ref>/payout/<uuid:audit_id>/lines/<int:number>")
@policy(Permission.CORRECTION_PREPARE, on="case")
@once_per_key
def payout_explain(ref: str, audit_id: UUID, number: int) -> ResponseReturnValue:
    """Keep what explains a line."""
    actor, form = current_actor(), NoteForm()
    try:
        with transaction(actor) as tx:
            case = load_case(tx, actor, ref)
            command = ExplainLine(case.id, audit_id, number, form.note.data or "")
            explain_line(tx, command, actor, services().clock)
    except Invalid as error:
        form.note.errors = [translated(error.message)]
        return _page(ref, form, 422)
    flash(_("Noted."), "ok")
    back = _asked().address(open=number) + f"#line-{number}"
    return redirect(url_for("desk.payout_show", ref=ref) + back, 303)


@bp.get("/desk/cases/<ref>/payout/lines.csv")
@policy(Permission.PAYOUT_READ, on="case")
def payout_lines(ref: str) -> ResponseReturnValue:
    """Every line of a payee, page by page; nothing in it runs in a spreadsheet (B183)."""
    actor, asked = current_actor(), _asked()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
        audit = _done(newest_audits(tx, actor, case.id))
    if audit is None or (asked.payee, asked.currency) not in audit.figures:
        raise NotFound("audit")
    wanted = Wanted(audit.id, asked.payee, asked.currency)
    return lines_file(actor, wanted, case.ref)


def _page(ref: str, form: NoteForm | None = None, status: int = 200) -> ResponseReturnValue:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
        audits = newest_audits(tx, actor, case.id)
        newest, done = audits[0] if audits else None, _done(audits)
        parts = _found(tx, actor, case, done) if done else {}
    page = render_template(
        "desk/payout/show.html", case=case.head, newest=newest, audit=done,
        why=translated(newest.outcome) if newest else "", note_form=form or NoteForm(formdata=None),
        can_prepare=may(actor, Permission.CORRECTION_PREPARE), is_payout=case.view.kind == "payout",
        can_propose=CaseEvent.PROPOSE_DECISION in moves_of_role(case.view, actor), **parts,
    )  # fmt: skip
    return page, status, {"Refresh": AGAIN_AFTER} if newest and newest.is_open else {}


def _done(audits: tuple[AuditRow, ...]) -> AuditRow | None:
    return next((one for one in audits if one.state is RunState.DONE), None)


def _found(tx: Tx, actor: Actor, case: LoadedCase, audit: AuditRow) -> dict[str, Any]:
    pairs, asked = pairs_of(audit), _asked()
    if not pairs:
        return {"pairs": []}
    pair = (asked.payee, asked.currency)
    payee, currency = pair if pair in audit.figures else pairs[0]
    asked = replace(asked, payee=payee, currency=currency)
    figures = audit.figures[payee, currency]
    totals = [
        one for one in totals_of_run(tx, actor, audit.id)
        if (one.payee, one.paid.currency) == (payee, currency)
    ]  # fmt: skip
    months = sorted({one.statement_month for one in totals})
    places = marked_places(tx, actor, months, audit.inputs.get("recordings", ()))
    asked = replace(asked, marked=_marked(asked, places))
    wanted = Wanted(
        audit.id, payee, currency, not asked.all_lines and asked.marked != "1", asked.reason, asked.store, asked.territory, asked.after,
        places if asked.marked == "1" else None,
    )  # fmt: skip
    page = groups_page(tx, actor, wanted)
    paid, expected, owed = sums_of(totals, currency)
    locale = actor.locale
    rows_beside = (
        steps_of(tx, actor, case.id), holds_of(tx, actor, case.id), suspense_page(tx, actor, audit.id, payee),
    )  # fmt: skip
    now = services().clock.now()
    when = partial(short_when_words, locale=locale, zone=actor.zone, now=now)
    return beside(rows_beside, locale, when) | {
        "asked": asked, "marked_places": len(places), "figures": figures, "paid": paid, "expected": expected, "owed": owed,
        "traced": round(100 * figures.traced / figures.lines, 1) if figures.lines else None,
        "reasons": reason_parts(figures, asked, currency, locale),
        "rows": _rows(tx, actor, case, page, asked), "months": months_of(totals, currency),
        "next_href": asked.address(after=page.next, open=0) if page.next else None,
        "first_href": asked.address(after=0, open=0) if asked.after else None,
        "pairs": [
            {"text": f"{one[0]}, {one[1]}", "href": Asked(payee=one[0], currency=one[1]).address(), "current": one == (payee, currency)}
            for one in pairs
        ],
        "month_of": lambda text: date(int(text[:4]), int(text[5:7]), 1),
    }  # fmt: skip


def _marked(asked: Asked, places: Sequence[Any]) -> str:
    """A page without filters starts from the lines that were marked on the statements, where some were."""
    if not places:
        return ""
    bare = not (asked.all_lines or asked.reason or asked.store or asked.territory or asked.after)
    return asked.marked or ("1" if bare else "0")


def _rows(tx: Tx, actor: Actor, case: LoadedCase, page: GroupPage, asked: Asked) -> list[Any]:
    notes = notes_of(tx, actor, case.id, asked.payee, asked.currency)
    factors: tuple[Any, ...] = ()
    opened = next((row for row in page.rows if row.number == asked.open), None)
    if opened is not None:
        lines = group_lines(tx, actor, opened.audit_id, opened.number)
        splits = splits_of(tx, actor, opened.audit_id, asked.payee, {one.isrc for one in lines})
        factors = factors_of(lines, splits, asked.currency, actor.locale)
    return [
        group_line(row, asked, notes.get(row.place), factors if row is opened else (), actor.locale)
        for row in page.rows
    ]


def _asked() -> Asked:
    given = request.args
    return Asked(
        payee=given.get("payee", "")[:200], currency=given.get("currency", "")[:3], all_lines=bool(given.get("all_lines")),
        reason=given.get("reason", "")[:40], store=given.get("store", "")[:200], territory=given.get("territory", "")[:2],
        open=_whole(given.get("open", "")), after=_whole(given.get("after", "")), marked=given.get("marked", "")[:1],
    )  # fmt: skip


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
