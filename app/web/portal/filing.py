"""A1, step 1: what it is about, and the question behind it, which fixes the kind of case."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField

from app.accounts.rules import Permission
from app.cases.commands import SaveDraft, StartDraft
from app.cases.rules.kinds import SubKind
from app.cases.service.drafts import save_draft, start_draft
from app.infra.db.transaction import transaction
from app.infra.i18n import lazy_gettext as __
from app.web.portal.drafts import (
    Draft,
    load_draft,
    part_words,
)
from app.web.portal.face import bp
from app.web.portal.starts import GROUPS, STARTS, start_of
from app.web.shared.answers import chosen, options
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.shell import pick_locale


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
    clock = services().clock
    with transaction(actor) as tx:
        draft_id = start_draft(tx, command, actor, clock)
        draft = load_draft(tx, actor, draft_id)
        if any(field.name == "branch" for field in draft.policy.fields):
            answer = SaveDraft(draft_id, draft.case.version, {"branch": key})
            save_draft(tx, answer, actor, clock)
    return redirect(f"/cases/new/{draft_id}/which", 303)


def sent(draft: Draft) -> Response:
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
        return sent(draft)
    key = draft.answers.get("branch") or start_of(draft.case.sub_kind)
    return redirect(f"/cases/new?about={key}", 303)
