"""S3: ask one side for things at once with a deadline; then accept, ask again or waive each answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import Length

from app.accounts.rules import Permission
from app.cases.queries import parties_of
from app.cases.rules.actions import moves_of_role
from app.cases.rules.views import PartyRow
from app.conversations import service as conversations
from app.conversations.commands import JudgeItem
from app.conversations.queries import request_by_id
from app.conversations.queries.requests import RequestItemRow, RequestRow
from app.conversations.rules.asking import templates_for
from app.conversations.rules.requests import BY_DESK, Step, steps_from
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound, Stale
from app.kernel.sides import Side
from app.policies.rules.clocks import party_end, reminders
from app.web.desk.ask_form import DAYS_MOST, EVENTS, AskForm, start_rows
from app.web.desk.choices import choices
from app.web.desk.conversations import item_words
from app.web.desk.face import bp
from app.web.desk.head import LoadedCase, load_case, seen_version
from app.web.desk.readers import reader_words
from app.web.desk.rows import Line
from app.web.desk.words import side_words
from app.web.shared.context import current_actor, services
from app.web.shared.filters import due_words
from app.web.shared.form_errors import mark
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.workflows.act import act

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_STEPS: dict[str, Any] = {
    Step.ACCEPT: __("Accept the answer"),
    Step.ASK_AGAIN: __("Ask again"),
    Step.WAIVE: __("Do without it"),
}


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
    """The form; `side` chooses whom, `item` what is asked for already."""
    actor = current_actor()
    asking = _asking(ref, actor)
    rows = start_rows(request.args.getlist("item"), asking.case.view.sub_kind)
    data = {
        "version": str(asking.case.view.version),
        "side": request.args.get("side", ""),
        "rows": rows,
    }
    return _ask_page(asking, AskForm(formdata=None, data=data), actor)


@bp.post("/desk/cases/<ref>/requests/new")
@policy(Permission.REQUEST_ASK, on="case")
@once_per_key
def requests_ask(ref: str) -> ResponseReturnValue:
    """Send it: one message, one deadline, the case waits for them. Or add rows, or look at it first."""
    actor, form, todo = current_actor(), AskForm(), request.form.get("do", "send")
    asking = _asking(ref, actor)
    try:
        if todo in {"add", "preview"}:
            return _ask_page(asking, form, actor, todo)
        command = form.to_command(asking.case)
        with transaction(actor) as tx:
            act(tx, command, actor, services().clock)
    except Stale as error:
        form.version.data = str(asking.case.view.version)
        return _ask_page(asking, form, actor, changed=translated(error.message)), 409
    except Invalid as error:
        mark(form, error, "items")
        return _ask_page(asking, form, actor), 422
    flash(_("The request is sent."), "ok")
    return redirect(url_for("desk.cases_show", ref=asking.case.ref), 303)


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


def _item(
    tx: Tx, actor: Actor, ref: str, request_id: UUID, item_id: UUID
) -> tuple[LoadedCase, RequestRow, RequestItemRow]:
    case = load_case(tx, actor, ref)
    row = request_by_id(tx, actor, case.id, request_id)
    item = next((one for one in row.items if one.id == item_id), None)
    if item is None:
        raise NotFound(str(item_id))
    return case, row, item


@dataclass(frozen=True, slots=True)
class _Asking:
    """What the builder reads once: the case and who stands on its sides."""

    case: LoadedCase
    parties: tuple[PartyRow, ...]

    def has(self, side: str) -> bool:
        """Whether anybody stands on that side."""
        return any(row.side.value == side for row in self.parties)

    def zone_of(self, side: str) -> str:
        """Where the deadline of that side ends."""
        return next(
            (row.zone for row in self.parties if row.side.value == side), self.case.view.zone
        )


def _asking(ref: str, actor: Actor) -> _Asking:
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
        return _Asking(case, parties_of(tx, actor, case.id))


def _ask_page(
    asking: _Asking, form: AskForm, actor: Actor, todo: str = "", changed: str = ""
) -> str:
    case, possible = asking.case, set(moves_of_role(asking.case.view, actor))
    sides = [side for side, event in EVENTS.items() if event in possible]
    there = [side for side in sides if asking.has(side)]
    form.side.choices = choices(
        [(side, reader_words(case.view, Side(side)).capitalize()) for side in there]
    )
    if todo == "add":
        form.add_chosen()
    form.offer(case.view.sub_kind)
    lines = [Line(changed, "warn")] if changed else []
    if not sides:
        lines.append(Line(_("Nobody can be asked at this stage of the case."), "warn"))
    elif there != sides:
        lines.append(Line(_("The other side cannot be reached."), "info"))
    return render_template(
        "desk/conversations/ask.html", case=case.head, form=form, lines=lines, why=_why(case.view.sub_kind),
        plan=_plan(asking, form, actor), preview=form.asked() if todo == "preview" else None,
        reader=reader_words(case.view, Side(form.side.data)) if form.side.data in EVENTS else "",
        action=url_for("desk.requests_ask", ref=case.ref), sender=actor.name, now=services().clock.now(),
    )  # fmt: skip


def _why(sub_kind: str) -> dict[str, str]:
    """Why each item of the table is asked for, under its box."""
    return {row.key: translated(row.why) for row in templates_for(sub_kind)}


def _plan(asking: _Asking, form: AskForm, actor: Actor) -> list[tuple[str, str]]:
    """The deadline as a moment, when we remind, and what rests meanwhile."""
    side, now = form.side.data or "complainant", services().clock.now()
    days = (
        form.days.data
        if isinstance(form.days.data, int) and 1 <= form.days.data <= DAYS_MOST
        else 7
    )
    zone = asking.zone_of(side)
    due = party_end(now, days, zone)
    reminded = [due_words(at, actor.locale, zone) for at in reminders(now, due)]
    return [
        (_("They have until"), due_words(due, actor.locale, zone)),
        (_("Counted in"), _("calendar days of their zone, to 18:00")),
        (_("We remind them"), "; ".join(reminded)),
        (_("What rests"), _("Our own deadline for the decision pauses until they answer. Statutory clocks run on.")),
    ]  # fmt: skip


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
