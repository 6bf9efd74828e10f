"""S3, thin: ask one side for things with a deadline; then accept, ask again or waive each answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange

from app.accounts.rules import Permission
from app.cases.commands import ApplyEvent
from app.cases.rules.kinds import CaseEvent
from app.conversations import service as conversations
from app.conversations.commands import JudgeItem
from app.conversations.queries import request_by_id
from app.conversations.queries.requests import RequestItemRow, RequestRow
from app.conversations.rules.requests import BY_DESK, ItemKind, Step, steps_from
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, InvalidMany, NotFound
from app.web.desk.choices import choices
from app.web.desk.conversations import item_words
from app.web.desk.face import bp
from app.web.desk.head import LoadedCase, load_case, moves_of_role, seen_version
from app.web.desk.rows import FieldRow, Line
from app.web.desk.words import side_words
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.workflows.act import act

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_EVENTS = {"complainant": CaseEvent.ASK_COMPLAINANT, "respondent": CaseEvent.ASK_RESPONDENT}
_KINDS: dict[str, Any] = {
    ItemKind.DOCUMENT: __("A document"),
    ItemKind.QUESTION: __("An answer in words"),
    ItemKind.CONFIRMATION: __("A confirmation"),
    ItemKind.SIGNATURE: __("A signature under the text above"),
}
_STEPS: dict[str, Any] = {
    Step.ACCEPT: __("Accept the answer"),
    Step.ASK_AGAIN: __("Ask again"),
    Step.WAIVE: __("Do without it"),
}


class AskForm(FlaskForm):
    """Whom, for what, why, until when."""

    idempotency_key = HiddenField()
    version = HiddenField()
    side = RadioField(__("Whom do you ask"), validate_choice=False)
    item_kind = RadioField(
        __("What do you need"), choices=choices(_KINDS.items()), default=ItemKind.DOCUMENT.value
    )
    items = TextAreaField(
        __("Name each thing on its own line"), render_kw={"rows": "4", "maxlength": "4000"}
    )
    reason = TextAreaField(
        __("Why, in words they will read"), [Length(max=4000)], render_kw={"rows": "4"}
    )
    silence = StringField(__("What happens if they do not answer"), [Length(max=500)])
    days = IntegerField(__("Days to answer"), [NumberRange(1, 180)], default=7)

    def to_command(self, case: LoadedCase) -> ApplyEvent:
        """The request as the move that it is. Raises Invalid naming the field."""
        event = _EVENTS.get(self.side.data or "")
        if event is None:
            raise Invalid("side", "required", _("Choose whom you ask."))
        items = [line.strip() for line in (self.items.data or "").splitlines() if line.strip()]
        if not items:
            raise Invalid("items", "required", _("Name at least one thing."))
        if not (self.reason.data or "").strip():
            raise Invalid("reason", "required", _("Say why you need it. They read this."))
        return ApplyEvent(
            case.id,
            event,
            seen_version(self.version.data, case.view.version),
            (self.reason.data or "").strip(),
            {
                "items": items,
                "item_kind": self.item_kind.data or ItemKind.DOCUMENT.value,
                "silence": (self.silence.data or "").strip(),
                "days": self.days.data,
            },
        )


class JudgeForm(FlaskForm):
    """What becomes of an answer."""

    version = HiddenField()
    step = RadioField(__("What you do with it"), validate_choice=False)
    note = TextAreaField(__("Note"), [Length(max=2000)], render_kw={"rows": "3"})

    def offer(self, item: RequestItemRow) -> None:
        """The steps that are possible now."""
        self.step.choices = choices(
            [(step.value, _STEPS[step]) for step in steps_from(item.state) if step in BY_DESK]
        )

    def to_command(self, case_id: UUID, item: RequestItemRow) -> JudgeItem:
        """Raises Invalid when nothing was chosen."""
        if self.step.data not in set(Step):
            raise Invalid("step", "required", _("Choose one."))
        seen = seen_version(self.version.data, item.version)
        return JudgeItem(
            case_id, item.id, Step(self.step.data), (self.note.data or "").strip(), seen
        )


@bp.get("/desk/cases/<ref>/requests/new")
@policy(Permission.REQUEST_ASK, on="case")
def requests_new(ref: str) -> ResponseReturnValue:
    """The form; `side` chooses whom."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
    form = AskForm(
        formdata=None,
        data={"version": str(case.view.version), "side": request.args.get("side", "")},
    )
    return _ask_page(case, form, actor)


@bp.post("/desk/cases/<ref>/requests/new")
@policy(Permission.REQUEST_ASK, on="case")
@once_per_key
def requests_ask(ref: str) -> ResponseReturnValue:
    """Send it: one message, one deadline, the case waits for them."""
    actor, form = current_actor(), AskForm()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
    try:
        command = form.to_command(case)
        with transaction(actor) as tx:
            act(tx, command, actor, services().clock)
    except Invalid as error:
        mark(form, error, "items")
        return _ask_page(case, form, actor), 422
    flash(_("The request is sent."), "ok")
    return redirect(url_for("desk.cases_show", ref=case.ref), 303)


@bp.get("/desk/cases/<ref>/requests/<uuid:request_id>/<uuid:item_id>")
@policy(Permission.MESSAGE_READ, on="case")
def requests_item(ref: str, request_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """One thing we asked for, with its answer."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case, row, item = _item(tx, actor, ref, request_id, item_id)
    form = JudgeForm(formdata=None, data={"version": str(item.version)})
    return _item_page(case, row, item, form)


@bp.post("/desk/cases/<ref>/requests/<uuid:request_id>/<uuid:item_id>")
@policy(Permission.REQUEST_ASK, on="case")
def requests_judge(ref: str, request_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Accept, ask again or waive."""
    actor, form = current_actor(), JudgeForm()
    with transaction(actor, read_only=True) as tx:
        case, row, item = _item(tx, actor, ref, request_id, item_id)
    form.offer(item)
    try:
        command = form.to_command(case.id, item)
        with transaction(actor) as tx:
            conversations.judge_item(tx, command, actor, services().clock)
    except Invalid as error:
        mark(form, error, "note")
        return _item_page(case, row, item, form), 422
    flash(_("Saved."), "ok")
    return redirect(url_for("desk.cases_show", ref=case.ref, pane="evidence"), 303)


def mark(form: FlaskForm, error: Invalid, otherwise: str) -> None:
    """Put each error at its field; one without a field of that name stands at *otherwise*."""
    for one in error.errors if isinstance(error, InvalidMany) else (error,):
        field = form._fields.get(one.field) or form._fields[otherwise]
        field.errors = [*field.errors, translated(one.message)]


def _item(
    tx: Tx, actor: Actor, ref: str, request_id: UUID, item_id: UUID
) -> tuple[LoadedCase, RequestRow, RequestItemRow]:
    case = load_case(tx, actor, ref)
    row = request_by_id(tx, actor, case.id, request_id)
    item = next((one for one in row.items if one.id == item_id), None)
    if item is None:
        raise NotFound(str(item_id))
    return case, row, item


def _ask_page(case: LoadedCase, form: AskForm, actor: Actor) -> str:
    possible = set(moves_of_role(case.view, actor))
    form.side.choices = choices(
        [(side, side_words(side)) for side, event in _EVENTS.items() if event in possible]
    )
    lines = [
        Line(
            _(
                "One message goes out with everything you ask for. Our own clock pauses until they answer."
            )
        )
    ]
    if not form.side.choices:
        lines = [Line(_("Nobody can be asked at this stage of the case."), "warn")]
    hints = {
        "items": _("For example: Signed producer agreement"),
        "silence": _("For example: We decide on what we have."),
        "days": _("The deadline ends at 18:00 in their zone."),
    }
    names = ["side", "item_kind", "items", "reason", "silence", "days"]
    fields = [
        FieldRow(form._fields[n], hints.get(n, ""), n == "silence", n == "days") for n in names
    ]
    return render_template(
        "desk/conversations/ask.html", case=case.head, form=form, fields=fields, lines=lines,
        action=url_for("desk.requests_ask", ref=case.ref),
    )  # fmt: skip


def _item_page(case: LoadedCase, row: RequestRow, item: RequestItemRow, form: JudgeForm) -> str:
    form.offer(item)
    facts: list[tuple[str, Any]] = [
        (_("Asked of"), side_words(row.side)),
        (_("Request"), str(row.number)),
        (_("State"), item_words(item)[0]),
    ]
    if item.hint:
        facts.append((_("Hint"), item.hint))
    if item.answer:
        answer = (
            _("Cannot provide it: %(why)s", why=item.answer.text)
            if item.answer.declined
            else item.answer.text
        )
        facts += [
            (_("Answer"), answer or _("%(count)s files", count=len(item.answer.evidence_ids))),
            (_("By"), item.answer.by),
        ]
    if item.note:
        facts.append((_("Our note"), item.note))
    return render_template(
        "desk/conversations/item.html", case=case.head, item=item, facts=facts, form=form,
        action=url_for("desk.requests_judge", ref=case.ref, request_id=row.id, item_id=item.id),
    )  # fmt: skip
