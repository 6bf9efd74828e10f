"""S11: a case for somebody who called or wrote. Who and what with their consent first, then the questions of filing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField

from app.accounts.rules import Permission
from app.cases.commands import SaveDraft
from app.cases.queries import case_by_id, filing_of, possible_duplicates
from app.cases.rules.kinds import SubKind
from app.cases.rules.views import CaseView, MyCaseRow
from app.cases.rules.words import SUB_KIND_WORDS
from app.cases.service.drafts import save_draft
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.sides import Side
from app.policies.queries import PolicyView, policy_by_id
from app.policies.rules.forms import Field
from app.policies.rules.zones import from_local
from app.queues.rules.filters import Channel
from app.web.desk.choices import choices
from app.web.desk.face import bp
from app.web.shared.answer_texts import kept_answers, put_errors, shown_answers
from app.web.shared.answers import Words, an_email, answers_form, chosen
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.web.shared.shell import pick_locale
from app.workflows.file_on_behalf import (
    FileOnBehalf,
    OnBehalf,
    consent_of,
    file_on_behalf,
    files_by_desk,
    start_on_behalf,
)

START, QUESTIONS = "desk/new/start.html", "desk/new/questions.html"
MOMENT = "%Y-%m-%dT%H:%M"


class StartForm(FlaskForm):
    """For whom, what about, and on whose word."""

    channel = RadioField(
        __("How did they reach us?"), [chosen(required=True)], validate_choice=False
    )
    name = StringField(__("Artist"), [Words(200, required=True, multiline=False)])
    email = StringField(
        __("Their e-mail address"), [Words(254, required=True, multiline=False), an_email],
        render_kw={"type": "email", "dir": "ltr", "autocomplete": "off"},
    )  # fmt: skip
    sub_kind = SelectField(__("What is it about?"), [chosen(required=True)], validate_choice=False)
    said_by = StringField(
        __("Who asked us to file it?"), [Words(200, required=True, multiline=False)]
    )
    said_at = StringField(
        __("When did they say so?"), [Words(40, required=True, multiline=False)],
        render_kw={"type": "datetime-local", "dir": "ltr"},
    )  # fmt: skip
    how = TextAreaField(__("How did they say it?"), [Words(2_000, required=True, multiline=True)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        words = {
            Channel.PHONE: _("By phone"),
            Channel.EMAIL: _("By e-mail"),
            Channel.STORE: _("Through a store"),
        }
        self.channel.choices = choices(words.items())
        kinds = [(sub.value, _(SUB_KIND_WORDS[sub])) for sub in files_by_desk()]
        self.sub_kind.choices = choices([("", _("Choose")), *kinds])

    def to_command(self, zone: str) -> OnBehalf:
        """Raises Invalid for a moment that is none."""
        return OnBehalf(
            SubKind(self.sub_kind.data), self.channel.data or "", self.name.data or "", self.email.data or "",
            self.said_by.data or "", _moment(self.said_at.data or "", zone), self.how.data or "", zone,
        )  # fmt: skip


def _moment(text: str, zone: str) -> datetime:
    """A local time of the writer, as browsers send it or as people type it."""
    try:
        naive = datetime.strptime(text.strip().replace(" ", "T")[:16], MOMENT)  # noqa: DTZ007 - local, made aware below
    except ValueError as error:
        raise Invalid(
            "said_at", "moment", _("Enter day and time, for example 2026-11-24 14:30.")
        ) from error
    return from_local(naive, zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft that the desk fills in."""

    case: CaseView
    policy: PolicyView
    answers: dict[str, str]
    consent: dict[str, str]
    duplicates: tuple[MyCaseRow, ...]

    @property
    def asked(self) -> tuple[Field, ...]:
        """Every question of the policy on one page; staff see everything at once."""
        return tuple(field for field in self.policy.fields if field.name != "branch")


def _read(draft_id: UUID) -> Drafted:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = case_by_id(tx, actor, draft_id)
        consent = consent_of(tx, actor, draft_id)
        if not consent:
            raise NotFound("case")
        return Drafted(
            case, policy_by_id(tx, case.policy_id), filing_of(tx, actor, draft_id, Side.COMPLAINANT), consent,
            possible_duplicates(tx, actor, draft_id) if case.ref is None else (),
        )  # fmt: skip


@bp.get("/desk/new")
@policy(Permission.CASE_FILE_ON_BEHALF)
def new_case() -> str:
    """Who, what, and their consent."""
    return render_template(START, form=StartForm(), failed=False)


@bp.post("/desk/new")
@policy(Permission.CASE_FILE_ON_BEHALF)
@once_per_key
def new_case_start() -> Response | tuple[str, int]:
    """A draft of theirs, with the consent on record; sent twice it is one draft (B007)."""
    form, actor = StartForm(), current_actor()
    if form.validate():
        try:
            with transaction(actor) as tx:
                draft_id = start_on_behalf(tx, form.to_command(actor.zone), actor, services().clock)
            return redirect(url_for("desk.new_case_questions", draft_id=draft_id), 303)
        except Invalid as error:
            put_errors(form, error)
    return render_template(START, form=form, failed=True), 422


def _form(drafted: Drafted, *, require: bool, fill: bool) -> Any:
    asked = drafted.asked
    body = {
        "agreed": BooleanField(__("I read this to them, and they said yes.")),
        "idempotency_key": HiddenField(),
    }
    kind = type("OnBehalfForm", (answers_form(asked, pick_locale(), require=require),), body)
    if not fill:
        return kind()
    data = shown_answers(asked, drafted.answers) | {"version": str(drafted.case.version)}
    return kind(formdata=None, data=data)


def _page(drafted: Drafted, form: Any, *, failed: bool = False) -> str:
    return render_template(
        QUESTIONS, form=form, failed=failed, draft=drafted, asked=drafted.asked,
        title=_(SUB_KIND_WORDS[drafted.case.sub_kind]), said_at=datetime.fromisoformat(drafted.consent["said_at"]),
        statements=[_(one.text) for one in drafted.policy.statements_for("submit")],
    )  # fmt: skip


@bp.get("/desk/new/<uuid:draft_id>")
@policy(Permission.CASE_FILE_ON_BEHALF, on="case")
def new_case_questions(draft_id: UUID) -> Response | str:
    """The questions of filing, all on one page, with open cases about the same."""
    drafted = _read(draft_id)
    if drafted.case.ref is not None:
        return redirect(url_for("desk.cases_show", ref=drafted.case.ref), 303)
    return _page(drafted, _form(drafted, require=False, fill=True))


@bp.post("/desk/new/<uuid:draft_id>")
@policy(Permission.CASE_FILE_ON_BEHALF, on="case")
def new_case_file(draft_id: UUID) -> Response | tuple[str, int]:
    """Keep everything that can be read, then file; what is missing is named and nothing is lost."""
    drafted = _read(draft_id)
    if drafted.case.ref is not None:
        return redirect(url_for("desk.cases_show", ref=drafted.case.ref), 303)
    form = _form(drafted, require=True, fill=False)
    fine = form.validate()
    try:
        version = _save(drafted, form)
        case = _file(draft_id, version, form) if fine else None
    except (Invalid, Refused) as error:
        put_errors(
            form, error if isinstance(error, Invalid) else Invalid("", error.code, error.message)
        )
        case = None
    if case is None:
        form.version.data = str(_read(draft_id).case.version)
        return _page(drafted, form, failed=True), 422
    flash(_("Filed. They get a mail with the reference and can correct what we wrote down."), "ok")
    return redirect(url_for("desk.cases_show", ref=case.ref), 303)


def _save(drafted: Drafted, form: Any) -> int:
    """The draft's version after saving. Raises `Stale` with both texts, `Invalid`."""
    actor, read = current_actor(), form.version.data or ""
    known = int(read) if read.isascii() and read.isdigit() else drafted.case.version
    command = SaveDraft(drafted.case.id, known, kept_answers(drafted.asked, form, pick_locale()))
    with transaction(actor) as tx:
        return save_draft(tx, command, actor, services().clock).version


def _file(draft_id: UUID, version: int, form: Any) -> CaseView:
    actor = current_actor()
    with transaction(actor) as tx:
        return file_on_behalf(
            tx, FileOnBehalf(draft_id, version, form.agreed.data), actor, services().clock
        )
