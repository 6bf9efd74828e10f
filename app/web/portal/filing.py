"""A1, steps 1 to 3: what it is about, which release, what happened. Every Continue saves; so does a pause."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField

from app.accounts.rules import Permission
from app.cases.commands import SaveDraft, StartDraft
from app.cases.queries import possible_duplicates
from app.cases.rules.kinds import SubKind
from app.cases.rules.views import MyCaseRow
from app.cases.service.drafts import save_draft, start_draft
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import Invalid, Stale
from app.policies.rules.forms import FieldType
from app.web.portal.answers import answers_form, chosen, options
from app.web.portal.drafts import (
    NUMBERS,
    Draft,
    kept_answers,
    load_draft,
    part_words,
    put_errors,
    shown_answers,
)
from app.web.portal.face import bp, log
from app.web.portal.starts import GROUPS, STARTS, start_of
from app.web.shared.context import current_actor, services
from app.web.shared.filters import money_words
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.shell import pick_locale

PARTS = ("which", "what")
NEXT = {"which": "what", "what": "evidence"}
BEFORE = {"which": "about", "what": "which"}


class AboutForm(FlaskForm):
    """The first question."""

    about = RadioField(__("What is it about?"), [chosen(required=True)], validate_choice=False)


class SubKindForm(FlaskForm):
    """The question behind the first one; it fixes the kind of case."""

    about = HiddenField()
    sub_kind = RadioField("", [chosen(required=True)], validate_choice=False)


def _about_form(keys: tuple[str, ...]) -> AboutForm:
    form = AboutForm()
    form.about.choices = options((key, STARTS[key].label) for key in keys)
    return form


def _sub_form(key: str) -> SubKindForm:
    form = SubKindForm(data={"about": key}) if request.method == "GET" else SubKindForm()
    form.sub_kind.label.text = str(STARTS[key].question)
    form.sub_kind.choices = options((sub.value, words) for sub, words, _hint in STARTS[key].choices)
    return form


def _about_page(
    form: FlaskForm, key: str | None, draft: Draft | None = None, *, failed: bool = False
) -> str:
    hints = {name: start.hint for name, start in STARTS.items()}
    subs = {sub.value: hint for sub, _words, hint in STARTS[key].choices} if key else {}
    return render_template(
        "portal/filing/about.html", form=form, hints=hints, sub_hints=subs, failed=failed, step=1, draft=draft,
        heading=str(STARTS[key].label) if key else part_words("about"),
        back="/cases/new" if key else "/cases", saved_at=None,
    )  # fmt: skip


@bp.get("/cases/new")
@policy(Permission.PARTY_CASE_FILE)
def new_case() -> str:
    """Step 1: the first question, or the one behind it when the first is answered by the address."""
    key = request.args.get("about", "")
    if key in STARTS:
        return _about_page(_sub_form(key), key)
    return _about_page(_about_form(GROUPS.get(key, tuple(STARTS))), None)


@bp.post("/cases/new")
@policy(Permission.PARTY_CASE_FILE)
@once_per_key
def start_case() -> Response | tuple[str, int]:
    """The first answer leads to the second; the second makes the draft. A repeat leads to the same draft."""
    key = request.form.get("about", "")
    if key not in STARTS:
        form = _about_form(tuple(STARTS))
        form.validate()
        return _about_page(form, None, failed=True), 422
    if request.form.get("asked") != "sub_kind" and len(STARTS[key].choices) > 1:
        return redirect(f"/cases/new?about={key}", 303)
    return _start(key)


def _start(key: str) -> Response | tuple[str, int]:
    form = _sub_form(key)
    only = STARTS[key].choices
    if len(only) == 1:
        form.sub_kind.data = only[0][0].value
    if not form.validate():
        return _about_page(form, key, failed=True), 422
    actor = current_actor()
    command = StartDraft(SubKind(form.sub_kind.data), language=pick_locale(), zone=actor.zone)
    with transaction(actor) as tx:
        draft_id = start_draft(tx, command, actor, services().clock)
    return redirect(f"/cases/new/{draft_id}/which", 303)


def _sent(draft: Draft) -> Response:
    """The draft is a case by now: show it (B007)."""
    return redirect(f"/cases/{draft.case.ref}/sent", 303)


@bp.get("/cases/new/<uuid:draft_id>/about")
@policy(Permission.PARTY_CASE_FILE, on="case")
def change_about(draft_id: UUID) -> str | Response:
    """Back to the first question of a draft: another answer there starts another draft."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        draft = load_draft(tx, actor, draft_id)
    if draft.was_sent:
        return _sent(draft)
    return redirect(f"/cases/new?about={start_of(draft.case.sub_kind)}", 303)


@bp.get("/cases/new/<uuid:draft_id>/<any(which, what):name>")
@policy(Permission.PARTY_CASE_FILE, on="case")
def questions(draft_id: UUID, name: str) -> str | Response:
    """Step 2 or 3 with what is saved so far."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        draft = load_draft(tx, actor, draft_id)
        if draft.was_sent:
            return _sent(draft)
        if gap := draft.first_gap(name):
            return redirect(f"/cases/new/{draft_id}/{gap}", 303)
        same = possible_duplicates(tx, actor, draft_id) if name == "what" else ()
    form = _form(draft, name, require=False, fill=True)
    return _questions_page(draft, name, form, same)


def _form(draft: Draft, name: str, *, require: bool, fill: bool) -> Any:
    asked = draft.asked(name)
    kind = answers_form(asked, pick_locale(), require=require)
    if not fill:
        return kind()
    return kind(
        formdata=None,
        data=shown_answers(asked, draft.answers)
        | {"version": str(draft.case.version), "window": secrets.token_hex(8)},
    )


def _questions_page(
    draft: Draft, name: str, form: Any, same: tuple[MyCaseRow, ...] = (), *, failed: bool = False
) -> str:
    return render_template(
        "portal/filing/questions.html", form=form, draft=draft, name=name, asked=draft.asked(name), failed=failed,
        step=NUMBERS[name], heading=part_words(name), back=f"/cases/new/{draft.id}/{BEFORE[name]}",
        saved_at=draft.case.updated_at if draft.answers else None, lead=_lead(name), duplicates=same,
        understood=_understood(draft), privacy=_privacy(draft) if name == "what" else "",
    )  # fmt: skip


def _lead(name: str) -> str:
    if name == "which":
        return _("As it stands in the stores. If you do not know a number, leave it empty.")
    return _("Tell it in your own words. You can send files in the next step.")


def _privacy(draft: Draft) -> str:
    if draft.policy.disclosure.get("contact") == "shared":
        return _(
            "This is a formal notice: the other side sees what you write here, and your name and contact."
        )
    return _(
        "The other side may see what you write here when they are asked to answer. They do not see your files."
    )


def _understood(draft: Draft) -> dict[str, str]:
    """Amounts as we read them, shown back: "We read this as €1,234.50"."""
    from app.cases.rules.filing import parse_money

    said = {}
    for field in draft.policy.fields:
        value = draft.answers.get(field.name, "")
        if field.type is FieldType.MONEY and value:
            said[field.name] = _(
                "We read this as %(amount)s.",
                amount=money_words(parse_money(value, field.name), pick_locale()),
            )
    return said


@bp.post("/cases/new/<uuid:draft_id>/<any(which, what):name>")
@policy(Permission.PARTY_CASE_FILE, on="case")
def save_questions(draft_id: UUID, name: str) -> Response | tuple[str, int]:
    """Save and go on; what cannot be read is shown at its field, the rest is saved and nothing is lost."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        draft = load_draft(tx, actor, draft_id)
    if draft.was_sent:
        return _sent(draft)
    later = bool(request.form.get("later"))
    form = _form(draft, name, require=not later, fill=False)
    _log_unknown(form)
    fine = form.validate()
    try:
        _save(draft, name, form)
    except Invalid as error:
        put_errors(form, error)
        fine = False
    if not fine:
        form.version.data = str(_version(draft_id))
        return _questions_page(draft, name, form, failed=True), 422
    if later:
        flash(_("Saved. You can go on within 30 days."))
        return redirect("/cases", 303)
    return redirect(f"/cases/new/{draft_id}/{NEXT[name]}", 303)


@bp.post("/cases/new/<uuid:draft_id>/<any(which, what):name>/save")
@policy(Permission.PARTY_CASE_FILE, on="case")
def autosave(draft_id: UUID, name: str) -> Response | str:
    """Save what can be read, without asking for the rest; answers with the status line alone."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        draft = load_draft(tx, actor, draft_id)
    form = _form(draft, name, require=False, fill=False)
    form.validate()
    if draft.was_sent:
        return _status(None, None, _("This case was sent already."))
    try:
        _save(draft, name, form, by_itself=True)
    except Stale:
        return _status(None, None, _("Changed in another window. Continue shows both texts."))
    except Invalid:
        return _status(None, None, _("Not saved yet: something here cannot be read."))
    return _status(services().clock.now(), _version(draft_id), "")


def _status(at: Any, version: int | None, words: str) -> Response:
    page = render_template("portal/filing/_saved.html", saved_at=at, version=version, words=words)
    return make_response(page, 200)


def _save(draft: Draft, name: str, form: Any, *, by_itself: bool = False) -> None:
    """*by_itself*: an autosave, which never overtakes what somebody pressed."""
    actor = current_actor()
    answers = kept_answers(draft.asked(name), form, pick_locale())
    version = form.version.data or ""
    command = SaveDraft(
        draft.id,
        int(version) if version.isdigit() else draft.case.version,
        answers,
        window=(window := (form.window.data or "")[:32]),
        forgives="" if by_itself else window,
    )
    try:
        with transaction(actor) as tx:
            save_draft(tx, command, actor, services().clock)
    except Stale as error:
        if error.theirs.strip() or error.yours.strip():
            raise
        # The same words arrived before: a save whose answer was lost. Nothing is in conflict.
        with transaction(actor) as tx:
            save_draft(tx, replace(command, version=error.version), actor, services().clock)


def _version(draft_id: UUID) -> int:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        return load_draft(tx, actor, draft_id).case.version


def _log_unknown(form: Any) -> None:
    """Fields that no page of ours has are ignored and written to the log by name (B011)."""
    own = {"csrf_token", "later", "idempotency_key", *(field.name for field in form)}
    strange = sorted(set(request.form) - own)
    if strange:
        log.warning("unknown_fields", fields=[name[:60] for name in strange[:20]])
