"""F1 and F2: what waits for a second person, and one correction with its full working."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import HiddenField

from app.accounts.queries import names_of
from app.accounts.rules import Permission, is_fresh, may
from app.corrections.commands import ApproveCorrection, RefuseCorrection, ReverseCorrection
from app.corrections.queries.corrections import (
    CorrectionFilter,
    correction_page,
    correction_view,
    corrections_recent,
)
from app.corrections.queries.views import CorrectionRow, CorrectionView, LineView, RiskNote
from app.corrections.rules.approval import ApprovalBar
from app.corrections.rules.lifecycle import AWAITING, ON_THE_LEDGER, CorrectionState
from app.corrections.service.approvals import (
    ApprovalResult,
)
from app.corrections.service.proposals import reverse_correction
from app.history.queries import HistoryFilter, history_page
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.errors import Invalid, NotFound, Refused, Stale
from app.kernel.money import CURRENCIES, Money
from app.ledger.rules.bank import paid_by_file, waits_until
from app.ledger.rules.posting import Entry
from app.web.finance.face import bp
from app.web.finance.reasons import ReasonForm, SettleForm
from app.web.finance.rows import CorrectionLine, EntryLine, HistoryLine, WorkingLine
from app.web.finance.words import (
    account_words,
    bar_words,
    correction_chip,
    note_chip,
    payout_words,
    reason_words,
    verb_words,
)
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.workflows import approve_money

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


class ApproveForm(FlaskForm):
    """Exactly what was on the page."""

    seen_hash = HiddenField()


@bp.get("/finance/corrections")
@policy(Permission.CORRECTION_READ)
def corrections_list() -> ResponseReturnValue:
    """What waits, the oldest first; own ones with the reason why somebody else approves them."""
    actor, clock = current_actor(), services().clock
    currency = request.args.get("currency", "")
    currency = currency if currency in CURRENCIES else ""
    with transaction(actor, read_only=True) as tx:
        page = correction_page(tx, actor, clock, CorrectionFilter(currency=currency), _cursor())
        recent = () if _cursor() else corrections_recent(tx, actor, clock)
    return render_template(
        "finance/corrections/list.html",
        rows=[_row(row) for row in page.rows],
        recent=[_row(row) for row in recent],
        currency=currency,
        currencies=sorted({row.total.currency for row in page.rows}),
        next_href=_next(page.next_cursor, currency),
        first_href=url_for("finance.corrections_list", currency=currency or None)
        if _cursor()
        else None,
    )


@bp.get("/finance/corrections/<uuid:correction_id>")
@policy(Permission.CORRECTION_READ, on="correction")
def corrections_show(correction_id: UUID) -> ResponseReturnValue:
    """The full working."""
    return show_correction(correction_id)


@bp.post("/finance/corrections/<uuid:correction_id>/approve")
@policy(Permission.CORRECTION_APPROVE, on="correction")
@once_per_key
def corrections_approve(correction_id: UUID) -> ResponseReturnValue:
    """Approve what was seen; a proof older than five minutes is asked for first."""
    actor = current_actor()
    command = ApproveCorrection(correction_id, ApproveForm().seen_hash.data or "")
    try:
        with transaction(actor) as tx:
            result = approve_money.approve(tx, command, actor, services().clock)
    except Stale:
        return show_correction(correction_id, changed=True), 409
    except Refused as refusal:
        if refusal.code == "not_fresh":
            return redirect(url_for("account.reauth_show", next=_here(correction_id)), 303)
        flash(translated(refusal.message), "warn")
        return show_correction(correction_id), 409
    flash(_approved_words(result), "ok")
    return redirect(_here(correction_id), 303)


@bp.post("/finance/corrections/<uuid:correction_id>/refuse")
@policy(Permission.CORRECTION_APPROVE, on="correction")
@once_per_key
def corrections_refuse(correction_id: UUID) -> ResponseReturnValue:
    """Send it back with a reason: the case returns to its reviewer."""
    actor, form = current_actor(), ReasonForm()
    command = RefuseCorrection(correction_id, form.reason.data or "")
    try:
        with transaction(actor) as tx:
            approve_money.refuse(tx, command, actor, services().clock)
    except Invalid as error:
        mark(form, error, "reason")
        return show_correction(correction_id, refuse=form), 422
    except Refused as refusal:
        flash(translated(refusal.message), "warn")
        return show_correction(correction_id), 409
    flash(_("The correction was sent back with your reason."), "ok")
    return redirect(_here(correction_id), 303)


@bp.post("/finance/corrections/<uuid:correction_id>/reverse")
@policy(Permission.CORRECTION_PREPARE, on="correction")
@once_per_key
def corrections_reverse(correction_id: UUID) -> ResponseReturnValue:
    """Propose the mirror of a posted correction; somebody else approves it."""
    actor, form = current_actor(), ReasonForm()
    command = ReverseCorrection(correction_id, form.reason.data or "")
    try:
        with transaction(actor) as tx:
            made = reverse_correction(tx, command, actor, services().clock)
    except Invalid as error:
        mark(form, error, "reason")
        return show_correction(correction_id, reverse=form), 422
    flash(_("The reversal waits for approval."), "ok")
    return redirect(_here(made), 303)


def _approved_words(result: ApprovalResult) -> str:
    if result.is_first_of_two:
        return _("Approved. A second person approves it now.")
    return _("Approved. It is posted and in the open batch.")


def _here(correction_id: UUID) -> str:
    return url_for("finance.corrections_show", correction_id=correction_id)


def _cursor() -> str:
    """The cursor of the address; one that was tampered with is no page."""
    value = request.args.get("after", "")[:100]
    at, _bar, key = value.partition("|")
    if not value:
        return ""
    try:
        return f"{datetime.fromisoformat(at).isoformat()}|{UUID(key)}"
    except ValueError as error:
        raise NotFound("page") from error


def _next(cursor: str, currency: str) -> str | None:
    if not cursor:
        return None
    return url_for("finance.corrections_list", after=cursor, currency=currency or None)


def _row(row: CorrectionRow) -> CorrectionLine:
    waits = row.state in AWAITING
    is_noted = waits and RiskNote.NO_ACCOUNT in row.notes
    return CorrectionLine(
        href=url_for("finance.corrections_show", correction_id=row.id),
        amount=row.total,
        artist=", ".join(row.payees) or row.case_artist,
        paid_by=", ".join(payout_words(kind) for kind in row.payout_kinds if kind or not is_noted),
        case_ref=row.case_ref,
        reason=row.reason,
        prepared_by=row.preparer_name,
        since=row.prepared_at,
        due_at=row.due_at if waits else None,
        chip=correction_chip(row.state),
        notes=tuple(note_chip(note) for note in row.notes) if waits else (),
        bar=bar_words(row.bar) if row.bar and waits else "",
    )


def show_correction(
    correction_id: UUID,
    *,
    refuse: ReasonForm | None = None,
    reverse: ReasonForm | None = None,
    settle: SettleForm | None = None,
    changed: bool = False,
) -> str:
    """The page, with the form that was refused."""
    actor, clock = current_actor(), services().clock
    with transaction(actor, read_only=True) as tx:
        view = correction_view(tx, actor, clock, correction_id)
        history = _history(tx, view)
    can_reverse = (
        view.state in ON_THE_LEDGER
        and view.reverses_id is None
        and view.reversed_by_id is None
        and may(actor, Permission.CORRECTION_PREPARE)
    )
    can_settle = view.state is CorrectionState.MISMATCH and may(actor, Permission.BATCH_ACKNOWLEDGE)
    return render_template(
        "finance/corrections/show.html",
        fix=view,
        state_of=correction_chip(view.state),
        notes=[note_chip(note) for note in view.notes] if view.state in AWAITING else [],
        bar=bar_words(view.bar) if view.bar else "",
        money_waits=_money_waits(view, clock.now()),
        may_refuse=view.bar in {None, ApprovalBar.BANK_TOO_NEW},
        waits=view.state in AWAITING,
        is_fresh=is_fresh(actor, clock.now()),
        reauth_href=url_for("account.reauth_show", next=_here(view.id)),
        amount=view.total or view.moved,
        lines=[_working(line) for line in view.lines],
        entries=[_entry(entry, view) for entry in view.entries],
        history=history,
        changed=changed,
        can_revise=view.state in AWAITING
        and view.reverses_id is None
        and may(actor, Permission.CORRECTION_PREPARE),
        refuse=refuse or ReasonForm(formdata=None),
        settle=(settle or SettleForm(formdata=None)) if can_settle else None,
        reverse=(reverse or ReasonForm(formdata=None)) if can_reverse else None,
    )


def _money_waits(view: CorrectionView, now: datetime) -> datetime | None:
    """Until when the newest bank details of its payees keep it waiting; None when another reason does."""
    if view.bar is not ApprovalBar.BANK_TOO_NEW:
        return None
    payees = [payee for line in view.lines for payee in (line.payee, line.counter_payee) if payee]
    ends = [waits_until(payee.bank_changed_at, now) for payee in payees]
    return max(filter(None, ends), default=None)


def _working(view: LineView) -> WorkingLine:
    line = view.line
    rate = ""
    if line.conversion is not None:
        rate = _(
            "%(source)s at %(rate)s, %(on)s, %(where)s",
            source=str(line.conversion.source),
            rate=f"{line.conversion.rate.normalize():f}",
            on=line.conversion.rate_on.isoformat(),
            where=line.conversion.rate_source,
        )
    return WorkingLine(
        payee=view.payee.legal_name,
        bank=view.payee.masked_bank,
        paid_by=payout_words(view.payee.payout_kind),
        refused=_refused(view),
        is_noted=bool(view.payee.masked_bank) and not view.payee.payout_kind,
        reason=reason_words(line.reason),
        note=line.note,
        period=line.period,
        sources=", ".join(line.original_lines),
        rate=rate,
        gross=line.amount,
        tax=line.withheld,
        net=line.net,
    )


def _refused(view: LineView) -> str:
    """Why a payment file would be refused for this payee; nothing where none is needed."""
    kind = view.payee.payout_kind
    if view.line.net <= 0 or paid_by_file(kind):
        return ""
    if kind:
        return _("No payment file pays this account. It can be booked, not paid by file.")
    return _("A payment file is refused until they say how they are paid, under Payout account.")


def _entry(entry: Entry, view: CorrectionView) -> EntryLine:
    payee = view.payee_names.get(entry.account.payee_id, "") if entry.account.payee_id else ""
    amount = Money.from_minor(abs(entry.minor), entry.account.currency)
    return EntryLine(
        account=account_words(entry.account, payee),
        debit=amount if entry.debit else None,
        credit=amount if entry.credit else None,
    )


def _history(tx: Tx, view: CorrectionView) -> list[HistoryLine]:
    """What happened to this correction, the newest first."""
    rows = history_page(tx, HistoryFilter(case_id=view.case_id, verb="correction."))
    own = [row for row in rows if row.subject_id == str(view.id)]
    names = names_of(tx, [row.actor_id for row in own])
    return [
        HistoryLine(
            what=verb_words(row.verb),
            who=names.get(row.actor_id, _("System")) if row.actor_id else _("System"),
            at=row.at,
            words=str(row.data.get("reason") or row.data.get("words") or ""),
        )
        for row in own
    ]
