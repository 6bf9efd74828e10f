"""A6: a counter-notice in five short pages. Each Continue saves; the last page asks for a fresh proof and the name."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField

from app.accounts.rules import Permission, is_fresh
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import Invalid, NotFound, Stale
from app.takedowns.commands import SaveCounter, SignCounter
from app.takedowns.rules import STEPS, fields_of, first_gap
from app.takedowns.service import save_counter
from app.web.portal.counter_view import (
    Counter,
    gaps,
    next_steps,
    number_of,
    read_counter,
    sent_notice,
    shown_rows,
    step_words,
)
from app.web.portal.face import bp
from app.web.shared.answer_texts import kept_answers, put_errors, shown_answers
from app.web.shared.answers import Words, answers_form
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy, to_reauth
from app.web.shared.shell import pick_locale
from app.workflows.counter_notice import send_counter

PAGES = "<any(about, material, mistake, you):step>"
SAVED = "portal/filing/_saved.html"


class SignForm(FlaskForm):
    """The typed name is the signature. Versions: of the draft and of the case, as they were read."""

    version = HiddenField()
    case_version = HiddenField()
    signature = StringField(
        __("Your full name"), [Words(200, required=True, multiline=False)],
        render_kw={"autocomplete": "name", "dir": "auto"},
    )  # fmt: skip


def _read(ref: str) -> Counter:
    actor = current_actor()
    with transaction(actor) as tx:
        return read_counter(tx, actor, ref, services().clock)


def _base(counter: Counter) -> str:
    return f"/cases/{counter.case.ref}/counter-notice"


@bp.get("/cases/<ref>/counter-notice")
@policy(Permission.PARTY_CASE_READ, on="case")
def counter_notice(ref: str) -> str | Response:
    """The page to go on with; after sending, what was sent, for whom may read it."""
    try:
        counter = _read(ref)
    except NotFound:
        return _sent_page(ref)
    saved = counter.draft.answers if counter.draft else {}
    return redirect(f"{_base(counter)}/{first_gap(saved, 'sign') or 'sign'}", 303)


def _sent_page(ref: str) -> str:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case, notice = sent_notice(tx, actor, ref)
    return render_template(
        "portal/counter/sent.html", case=case, notice=notice, rows=shown_rows(notice.answers)
    )


@bp.get(f"/cases/<ref>/counter-notice/{PAGES}")
@policy(Permission.PARTY_CASE_ACT, on="case")
def counter_page(ref: str, step: str) -> str | Response:
    """One page with what is saved so far; an earlier one first where it is not complete (B010)."""
    counter = _read(ref)
    gap = first_gap(counter.draft.answers if counter.draft else {}, step)
    if gap:
        return redirect(f"{_base(counter)}/{gap}", 303)
    return _page(counter, step, _form(counter, step, require=False, fill=True))


def _form(counter: Counter, step: str, *, require: bool, fill: bool) -> Any:
    asked = fields_of(step)
    kind = answers_form(asked, pick_locale(), require=require)
    if not fill:
        return kind()
    data = shown_answers(asked, counter.answers) | {"version": str(counter.version)}
    return kind(formdata=None, data=data)


def _page(counter: Counter, step: str, form: Any, *, failed: bool = False) -> str:
    before = STEPS[max(0, STEPS.index(step) - 1)]
    base = _base(counter)
    return render_template(
        "portal/counter/page.html", counter=counter, step=step, form=form, failed=failed, base=base,
        asked=fields_of(step), number=number_of(step), heading=step_words(step), next_steps=next_steps(counter.window),
        back=f"/cases/{counter.case.ref}" if step == STEPS[0] else f"{base}/{before}",
        saved_at=counter.draft.saved_at if counter.draft else None,
    )  # fmt: skip


@bp.post(f"/cases/<ref>/counter-notice/{PAGES}")
@policy(Permission.PARTY_CASE_ACT, on="case")
def counter_save(ref: str, step: str) -> Response | tuple[str, int]:
    """Save and go on; what cannot be read is shown at its field, the rest is saved and nothing is lost."""
    counter, later = _read(ref), bool(request.form.get("later"))
    form = _form(counter, step, require=not later, fill=False)
    fine = form.validate()
    try:
        _save(counter, step, form)
    except Invalid as error:
        put_errors(form, error)
        fine = False
    if not fine:
        counter = _read(ref)
        form.version.data = str(counter.version)
        return _page(counter, step, form, failed=True), 422
    if later:
        flash(_("Saved. Nothing was sent. You can go on at any time."))
        return redirect(f"/cases/{counter.case.ref}", 303)
    return redirect(f"{_base(counter)}/{STEPS[STEPS.index(step) + 1]}", 303)


def _save(counter: Counter, step: str, form: Any) -> None:
    """Every answer that can be read. Raises `Stale` with both texts, `Invalid`."""
    actor, read = current_actor(), form.version.data or ""
    known = int(read) if read.isascii() and read.isdigit() else counter.version
    answers = kept_answers(fields_of(step), form, pick_locale())
    with transaction(actor) as tx:
        save_counter(tx, SaveCounter(counter.case.id, known, answers), actor, services().clock)


@bp.post(f"/cases/<ref>/counter-notice/{PAGES}/save")
@policy(Permission.PARTY_CASE_ACT, on="case")
def counter_autosave(ref: str, step: str) -> str:
    """Save what can be read, without asking for the rest; answers with the status line alone."""
    counter = _read(ref)
    form = _form(counter, step, require=False, fill=False)
    words = "" if form.validate() else _("Saved, but something here cannot be read yet.")
    at, version = None, None
    try:
        _save(counter, step, form)
        at, version = services().clock.now(), _read(ref).version
    except Stale:
        words = _("Changed in another window. Continue shows both texts.")
    except Invalid:
        words = _("Not saved yet: something here cannot be read.")
    return render_template(SAVED, saved_at=at, version=version, words=words, understood={})


@bp.get("/cases/<ref>/counter-notice/sign")
@policy(Permission.PARTY_CASE_ACT, on="case", fresh=True)
def counter_check(ref: str) -> str | Response:
    """Everything once more with Change, the exact statements, what happens next with dates."""
    counter = _read(ref)
    gap = first_gap(counter.draft.answers if counter.draft else {}, "sign")
    if gap:
        return redirect(f"{_base(counter)}/{gap}", 303)
    versions = {"version": str(counter.version), "case_version": str(counter.case.version)}
    return _sign_page(counter, SignForm(formdata=None, data=versions))


def _sign_page(counter: Counter, form: SignForm, *, failed: bool = False) -> str:
    base = _base(counter)
    return render_template(
        "portal/counter/sign.html", counter=counter, form=form, failed=failed, base=base, number=5,
        heading=step_words("sign"), rows=shown_rows(counter.answers, base), missing=gaps(counter),
        next_steps=next_steps(counter.window), back=f"{base}/you", saved_at=None,
    )  # fmt: skip


@bp.post("/cases/<ref>/counter-notice/sign")
@policy(Permission.PARTY_CASE_ACT, on="case")
@once_per_key
def counter_send(ref: str) -> Response | tuple[str, int]:
    """Sign and send. Sent already, it is shown (B007); a proof that is too old is asked for first."""
    actor, clock = current_actor(), services().clock
    if not is_fresh(actor, clock.now()):
        return to_reauth()
    try:
        counter = _read(ref)
    except NotFound:
        with transaction(actor, read_only=True) as tx:
            case, _notice = sent_notice(tx, actor, ref)
        return redirect(f"/cases/{case.ref}/counter-notice", 303)
    form = SignForm()
    if not form.validate():
        return _sign_page(counter, form, failed=True), 422
    try:
        _send(counter, form)
    except Invalid as error:
        put_errors(form, error)
        return _sign_page(_read(ref), form, failed=True), 422
    flash(_("Your counter-notice is sent. We check it within one working day."))
    return redirect(f"/cases/{counter.case.ref}", 303)


def _send(counter: Counter, form: SignForm) -> None:
    actor = current_actor()
    read, case_read = (
        int(text) if (text := field.data or "").isdigit() else 0
        for field in (form.version, form.case_version)
    )
    command = SignCounter(counter.case.id, read, case_read, form.signature.data or "")
    with transaction(actor) as tx:
        send_counter(tx, command, actor, services().clock)
