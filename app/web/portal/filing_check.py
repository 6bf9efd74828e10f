"""A1, step 5 and A2: check the answers, sign the exact text, send, and the certainty that it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import redirect, render_template
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, StringField

from app.accounts.queries import person_contact
from app.accounts.rules import Permission
from app.cases.commands import SaveDraft, Signature, SubmitCase
from app.cases.queries import case_by_ref
from app.cases.rules.filing import clean_answer, parse_money
from app.cases.service.drafts import save_draft
from app.cases.service.submit import submit
from app.evidence.queries import items_of
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import ngettext, translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, Refused
from app.policies.queries import policy_by_id
from app.policies.rules.forms import Field, FieldType, Statement
from app.policies.rules.questions import WISHED
from app.web.portal.copies import copies_of
from app.web.portal.drafts import NUMBERS, Draft, load_draft, part_words
from app.web.portal.face import bp
from app.web.portal.filing_release import MANUAL
from app.web.portal.meanwhile import RELEASES, meanwhile_words
from app.web.portal.progress import steps_of
from app.web.portal.starts import label_of
from app.web.shared.answer_texts import kept_answers, put_errors, shown_answers
from app.web.shared.answers import Words, answers_form, ticked
from app.web.shared.context import current_actor, services
from app.web.shared.filters import due_words, money_words, percent_words, when_words, zone_words
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.promises import promise_of
from app.web.shared.shell import pick_locale

NAME_MOST = 200


@dataclass(frozen=True, slots=True)
class Group:
    """One card of the summary. *change*: where its answers are given."""

    title: str
    rows: list[tuple[str, Any]]
    change: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What the summary says besides the answers: how many files, which dates, where we write to, who is told too."""

    files: int
    promise: str
    email: str
    copies: list[tuple[str, str]]


def _beside(tx: Tx, actor: Actor, draft: Draft) -> Beside:
    files = [item for item in items_of(tx, actor, draft.id) if not item.was_withdrawn]
    email = person_contact(tx, actor.person_id).email if actor.person_id else ""
    return Beside(len(files), _promise(tx, draft), email, copies_of(tx, actor, services().clock))


def _check_form(draft: Draft, *, require: bool, fill: bool) -> Any:
    """Questions of this step, one tick for each statement, one signature for all."""
    asked = draft.asked("check")
    body: dict[str, Any] = {"version": HiddenField()}
    statements = draft.policy.statements_for("submit")
    for statement in statements:
        words = (
            _(statement.text) if _is_plain(statement) else __("This is true, and I stand by it.")
        )
        body[f"sign_{statement.code}"] = BooleanField(words, [ticked(required=require)])
    if any(not _is_plain(statement) for statement in statements):
        body["signer_name"] = StringField(
            __("Your full name"), [Words(NAME_MOST, required=require, multiline=False)],
            render_kw={"autocomplete": "name", "dir": "auto"},
        )  # fmt: skip
    kind = type("CheckForm", (answers_form(asked, pick_locale(), require=require), FlaskForm), body)
    if not fill:
        return kind()
    data = shown_answers(asked, draft.answers) | {"version": str(draft.case.version)}
    return kind(formdata=None, data=data)


def _is_plain(statement: Statement) -> bool:
    """The statement of truth is ticked; what the law asks for is signed by typing one's name."""
    return statement.code == "truth"


@bp.get("/cases/new/<uuid:draft_id>/check")
@policy(Permission.PARTY_CASE_FILE, on="case")
def check_answers(draft_id: UUID) -> str | Response:
    """Everything once more, with Change at each group."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        draft = load_draft(tx, actor, draft_id)
        beside = _beside(tx, actor, draft)
    if draft.was_sent:
        return redirect(f"/cases/{draft.case.ref}/sent", 303)
    if gap := draft.first_gap("check"):
        return redirect(f"/cases/new/{draft_id}/{gap}", 303)
    return _page(draft, beside, _check_form(draft, require=False, fill=True))


def _page(draft: Draft, beside: Beside, form: Any, *, failed: bool = False) -> str:
    statements = draft.policy.statements_for("submit")
    signing = [("" if _is_plain(item) else _(item.text), item.code) for item in statements]
    return render_template(
        "portal/filing/check.html", draft=draft, form=form, failed=failed, step=NUMBERS["check"],
        heading=part_words("check"), back=f"/cases/new/{draft.id}/evidence", saved_at=draft.case.updated_at,
        groups=_groups(draft, beside), signing=signing, promise=beside.promise, asked=draft.asked("check"),
    )  # fmt: skip


def _groups(draft: Draft, beside: Beside) -> list[Group]:
    base, actor = f"/cases/new/{draft.id}", current_actor()
    evidence = (
        ngettext("%(num)s file", "%(num)s files", beside.files)
        if beside.files
        else _("None yet. You can add some later.")
    )
    return [
        Group(_("What it is about"), [(_("Kind"), label_of(draft.case.sub_kind)), *_subjects(draft)], f"{base}/which"),
        Group(_("What happened"), _rows(draft, "what"), f"{base}/what"),
        *([Group(_("What you want"), wished, f"{base}/what#wish-title")] if (wished := _rows(draft, "what", WISHED)) else []),
        Group(_("Evidence"), [(_("Files"), evidence)], f"{base}/evidence"),
        Group(_("Contact"), [(_("Name"), actor.name), (_("E-mail"), beside.email), (_("Language"), dict(_languages()).get(draft.case.language, draft.case.language)),
                             (_("Time zone"), zone_words(draft.case.zone, pick_locale()))], "/me"),
        Group(_("People to copy"), [*beside.copies] or [(_("Nobody"), _("Only you get our mails. A co-writer or manager can get them too."))], "/me/delegations"),
    ]  # fmt: skip


def _languages() -> tuple[tuple[str, str], ...]:
    from app.web.shared.filters import LANGUAGES

    return LANGUAGES


def _subjects(draft: Draft) -> list[tuple[str, Any]]:
    """Every chosen item in words, then what else step 2 asked."""
    picked = [one for one in draft.subjects if one.pick]
    rows = [
        (_("Release"), ", ".join(part for part in (one.shown, one.artist) if part))
        for one in draft.subjects
    ]
    return (rows if picked else []) + [
        row for field, row in _answered(draft, "which") if not (picked and field.name in MANUAL)
    ]


def _answered(draft: Draft, part: str) -> list[tuple[Field, tuple[str, Any]]]:
    return [
        (field, (_(field.label), _said(field, draft.answers.get(field.name, ""))))
        for field in draft.asked(part)
    ]


def _rows(draft: Draft, part: str, group: str = "") -> list[tuple[str, Any]]:
    """Answers of a step under one heading; what was left open and need not be said is left out."""
    return [
        row
        for field, row in _answered(draft, part)
        if field.group == group and (row[1] or field.required)
    ]


def _said(field: Field, value: str) -> str:
    """An answer in words."""
    if not value:
        return ""
    if field.type is FieldType.MONEY:
        return money_words(parse_money(value, field.name), pick_locale())
    if field.type is FieldType.DATE:
        return when_words(datetime.fromisoformat(value).date(), pick_locale(), "UTC")
    if field.type is FieldType.SHARE:
        return percent_words(clean_answer(field, value), pick_locale())
    if field.type is FieldType.CHOICE:
        return _(dict(field.choices).get(value, value))
    return value


def _promise(tx: Tx, draft: Draft) -> str:
    """The dates the policy promises when the case is sent now."""
    promise = promise_of(tx, draft.policy, services().clock.now())
    if promise is None or promise.decide_by is None:
        return ""
    zone = current_actor().zone
    return _(
        "If you send it now, we reply by %(reply)s and decide by %(decide)s. The second date moves while we wait for somebody.",
        reply=due_words(promise.reply_by, pick_locale(), zone), decide=due_words(promise.decide_by, pick_locale(), zone),
    )  # fmt: skip


@bp.post("/cases/new/<uuid:draft_id>/check")
@policy(Permission.PARTY_CASE_FILE, on="case")
@once_per_key
def send_case(draft_id: UUID) -> Response | tuple[str, int]:
    """Send. A second press, or Back and send again, shows the same case (B007)."""
    actor = current_actor()
    with transaction(actor) as tx:
        draft = load_draft(tx, actor, draft_id)
        beside = _beside(tx, actor, draft)
    if draft.was_sent:
        return redirect(f"/cases/{draft.case.ref}/sent", 303)
    if gap := draft.first_gap("check"):
        return redirect(f"/cases/new/{draft_id}/{gap}", 303)
    form = _check_form(draft, require=True, fill=False)
    if not form.validate():
        return _page(draft, beside, form, failed=True), 422
    try:
        ref = _submit(draft, form, actor)
    except Invalid as error:
        put_errors(form, error)
        return _page(draft, beside, form, failed=True), 422
    except Refused as error:
        form.form_errors.append(translated(error.message))
        return _page(draft, beside, form, failed=True), 422
    return redirect(f"/cases/{ref}/sent", 303)


def _submit(draft: Draft, form: Any, actor: Actor) -> str:
    version = int(form.version.data) if (form.version.data or "").isdigit() else draft.case.version
    answers = kept_answers(draft.asked("check"), form, pick_locale())
    capacity = answers.get("capacity", "")
    name = form.signer_name.data.strip() if "signer_name" in form else actor.name
    signatures = tuple(
        Signature(item.code, name, capacity) for item in draft.policy.statements_for("submit")
    )
    clock = services().clock
    with transaction(actor) as tx:
        if answers:
            version = save_draft(tx, SaveDraft(draft.id, version, answers), actor, clock).version
        view = submit(tx, SubmitCase(draft.id, version, signatures), actor, clock)
    return str(view.ref)


@bp.get("/cases/<ref>/sent")
@policy(Permission.PARTY_CASE_READ, on="case")
def case_sent(ref: str) -> str:
    """A2: reference, what happens next with dates, what to do and not to do. Refresh is safe."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = case_by_ref(tx, actor, ref)
        promise = promise_of(
            tx, policy_by_id(tx, case.policy_id), case.submitted_at or case.created_at
        )
        email = person_contact(tx, actor.person_id).email if actor.person_id else ""
    page = {
        "ref": case.ref, "steps": steps_of(case, promise, pick_locale(), actor.zone), "email": email,
        "meanwhile": meanwhile_words(case.kind), "is_about_release": case.kind in RELEASES,
    }  # fmt: skip
    return render_template("portal/cases/sent.html", page=page)
