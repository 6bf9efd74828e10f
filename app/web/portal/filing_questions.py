"""A1, steps 2 and 3: which release, what happened. Every Continue saves; so does a pause."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from app.accounts.rules import Permission
from app.cases.commands import SaveDraft
from app.cases.queries import possible_duplicates
from app.cases.rules.filing import parse_money
from app.cases.rules.views import MyCaseRow
from app.cases.service.drafts import save_draft
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, Stale
from app.policies.rules.forms import FieldType
from app.web.portal.drafts import NUMBERS, Draft, load_draft, part_words
from app.web.portal.face import bp, log
from app.web.portal.filing import sent
from app.web.portal.filing_conflict import conflict_page
from app.web.portal.filing_help import after_what
from app.web.portal.filing_release import (
    MANUAL,
    Picker,
    chose_something,
    chosen_subjects,
    own_fields,
    picker,
)
from app.web.shared.answer_texts import kept_answers, put_errors, shown_answers
from app.web.shared.answers import answers_form
from app.web.shared.context import current_actor, services
from app.web.shared.filters import money_words
from app.web.shared.policy import policy
from app.web.shared.shell import pick_locale

NEXT = {"which": "what"}
BEFORE = {"which": "about", "what": "which"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a step shows beside its questions."""

    picker: Picker | None = None
    duplicates: tuple[MyCaseRow, ...] = ()


@bp.get("/cases/new/<uuid:draft_id>/<any(which, what):name>")
@policy(Permission.PARTY_CASE_FILE, on="case")
def questions(draft_id: UUID, name: str) -> str | Response:
    """Step 2 or 3 with what is saved so far."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        draft = load_draft(tx, actor, draft_id)
        if draft.was_sent:
            return sent(draft)
        if gap := draft.first_gap(name):
            return redirect(f"/cases/new/{draft_id}/{gap}", 303)
        shown = _shown(tx, actor, draft, name)
    return _page(draft, name, _form(draft, name, shown.picker, require=False, fill=True), shown)


def _shown(tx: Tx, actor: Actor, draft: Draft, name: str) -> Shown:
    if name == "which":
        return Shown(picker(tx, actor, draft, request.values.get("q", "")))
    return Shown(duplicates=possible_duplicates(tx, actor, draft.id))


def _form(
    draft: Draft, name: str, shown: Picker | None = None, *, require: bool, fill: bool
) -> Any:
    asked = draft.asked(name)
    if name == "which" and chose_something(draft):
        asked = tuple(replace(one, required=False) if one.name in MANUAL else one for one in asked)
    kind = answers_form(asked, pick_locale(), require=require)
    if not fill:
        return kind()
    answers = dict(draft.answers)
    if shown is not None and shown.chosen:
        answers |= dict.fromkeys(MANUAL, "") | shown.other
    return kind(
        formdata=None,
        data=shown_answers(asked, answers)
        | {"version": str(draft.case.version), "window": secrets.token_hex(8)},
    )


def _page(draft: Draft, name: str, form: Any, shown: Shown, *, failed: bool = False) -> str:
    picks = name == "which" and draft.picks_releases
    template = "portal/filing/which.html" if picks else "portal/filing/questions.html"
    return render_template(
        template, form=form, draft=draft, name=name, failed=failed,
        asked=draft.asked(name), step=NUMBERS[name], heading=_heading(draft, name),
        back=f"/cases/new/{draft.id}/{BEFORE[name]}", lead=_lead(draft, name), manual=MANUAL,
        saved_at=draft.case.updated_at if draft.answers else None, duplicates=shown.duplicates,
        understood=_understood(draft), privacy=_privacy(draft) if name == "what" else "", picker=shown.picker, again=False,
    )  # fmt: skip


def _heading(draft: Draft, name: str) -> str:
    if name == "which" and not draft.picks_releases:
        return _("What is your question about?")
    return part_words(name)


def _lead(draft: Draft, name: str) -> str:
    if name == "which":
        return (
            _("As it stands in the stores. You can choose several.") if draft.picks_releases else ""
        )
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
    return {
        field.name: _(
            "We read this as %(amount)s.",
            amount=money_words(parse_money(draft.answers[field.name], field.name), pick_locale()),
        )
        for field in draft.policy.fields
        if field.type is FieldType.MONEY and draft.answers.get(field.name)
    }


@bp.post("/cases/new/<uuid:draft_id>/<any(which, what):name>")
@policy(Permission.PARTY_CASE_FILE, on="case")
def save_questions(draft_id: UUID, name: str) -> Response | tuple[str, int]:
    """Save and go on; what cannot be read is shown at its field, the rest is saved and nothing is lost."""
    draft = _draft(draft_id)
    if draft.was_sent:
        return sent(draft)
    staying = bool(request.form.get("later") or request.form.get("search"))
    form = _form(draft, name, require=not staying, fill=False)
    _log_unknown(form)
    fine = form.validate()
    try:
        save_form(draft, name, form)
    except Invalid as error:
        put_errors(form, error)
        fine = False
    except Stale as error:
        return conflict_page(draft, name, error), 409
    return _saved_page(draft_id, name, form) if not fine else _onward(draft_id, name)


def _draft(draft_id: UUID) -> Draft:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        return load_draft(tx, actor, draft_id)


def _saved_page(draft_id: UUID, name: str, form: Any) -> tuple[str, int]:
    """The step again with its errors, on top of what could be saved."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        draft = load_draft(tx, actor, draft_id)
        shown = _shown(tx, actor, draft, name)
    form.version.data = str(draft.case.version)
    return _page(draft, name, form, shown, failed=True), 422


def _onward(draft_id: UUID, name: str) -> Response:
    if request.form.get("later"):
        flash(_("Saved. You can go on within 30 days."))
        return redirect("/cases", 303)
    if request.form.get("search"):
        asked = request.form.get("q", "")[:200]
        answer = redirect(f"/cases/new/{draft_id}/{name}", 303)
        answer.location = f"{answer.location}?{_query(asked)}#q"
        return answer
    step = after_what(draft_id) if name == "what" else NEXT[name]
    return redirect(f"/cases/new/{draft_id}/{step}", 303)


def _query(asked: str) -> str:
    from urllib.parse import urlencode

    return urlencode({"q": asked})


@bp.post("/cases/new/<uuid:draft_id>/<any(which, what):name>/save")
@policy(Permission.PARTY_CASE_FILE, on="case")
def autosave(draft_id: UUID, name: str) -> Response | str:
    """Save what can be read, without asking for the rest; answers with the status line alone."""
    draft = _draft(draft_id)
    form = _form(draft, name, require=False, fill=False)
    fine = form.validate()
    if draft.was_sent:
        return _status(None, None, _("This case was sent already."))
    try:
        save_form(draft, name, form, by_itself=True)
    except Stale:
        return _status(None, None, _("Changed in another window. Continue shows both texts."))
    except Invalid:
        return _status(None, None, _("Not saved yet: something here cannot be read."))
    after = _draft(draft_id)
    words = "" if fine else _("Saved, but something here cannot be read yet.")
    return _status(services().clock.now(), after.case.version, words, _understood(after))


def _status(
    at: Any, version: int | None, words: str, understood: dict[str, str] | None = None
) -> Response:
    page = render_template(
        "portal/filing/_saved.html",
        saved_at=at,
        version=version,
        words=words,
        understood=understood or {},
    )
    return make_response(page, 200)


def save_form(draft: Draft, name: str, form: Any, *, by_itself: bool = False) -> None:
    """*by_itself*: an autosave, which never overtakes what somebody pressed. Raises `Stale`, `Invalid`."""
    answers = kept_answers(draft.asked(name), form, pick_locale())
    version, window = form.version.data or "", (form.window.data or "")[:32]
    subjects = chosen_subjects(draft, answers) if name == "which" else None
    if subjects is not None and subjects.picks:
        answers = {key: text for key, text in answers.items() if key not in MANUAL}
    command = SaveDraft(
        draft.id, int(version) if version.isdigit() else draft.case.version, answers,
        window=window, forgives="" if by_itself else window, subjects=subjects,
    )  # fmt: skip
    keep(command, by_itself=by_itself)


def keep(command: SaveDraft, *, by_itself: bool = False) -> None:
    """Save; the same words sent again after a lost answer are no conflict. Raises `Stale`, `Invalid`.

    An autosave that arrives behind Continue has nothing new to say: it leaves the version alone, which the
    page that was opened since carries.
    """
    actor, clock = current_actor(), services().clock
    try:
        with transaction(actor) as tx:
            save_draft(tx, command, actor, clock)
    except Stale as error:
        if error.fields:
            raise
        if by_itself:
            return
        with transaction(actor) as tx:
            save_draft(tx, replace(command, version=error.version), actor, clock)


def _log_unknown(form: Any) -> None:
    """Fields that no page of ours has are ignored and counted in the log (B011); their names may be anybody's words."""
    own = {"csrf_token", "later", "idempotency_key", *own_fields(), *(field.name for field in form)}
    strange = sorted(set(request.form) - own)
    if strange:
        log.warning("unknown_fields", count=len(strange), endpoint=request.endpoint)
