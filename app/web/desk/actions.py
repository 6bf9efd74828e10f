"""One form for every move of the lifecycle table: what it needs comes from the table, so no move lacks a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional

from app.accounts.rules import Permission
from app.cases.commands import ApplyEvent
from app.cases.queries import case_by_ref
from app.cases.rules.actions import Action, Refusal, moves_of_role
from app.cases.rules.guards import NEEDS, REASON
from app.cases.rules.kinds import CaseEvent, Kind, Outcome, State, SubKind, kind_of
from app.cases.rules.words import DECIDED_WORDS
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.web.desk.choices import choices
from app.web.desk.face import bp
from app.web.desk.head import LoadedCase, action_link, load_case, seen_version
from app.web.desk.rows import FieldRow, Line
from app.web.desk.words import action_words, state_name, sub_kind_words
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.policy import policy
from app.workflows.act import act, offered_to

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_COURT_OUTCOMES = (Outcome.RESTORED, Outcome.KEPT_DOWN)
# What a move may bring beside its needs.
_ALSO: dict[CaseEvent, tuple[str, ...]] = {
    CaseEvent.EXTEND: ("days",),
    CaseEvent.ACCEPT_NOTICE: ("told",),
    CaseEvent.RESTRICT: ("told",),
    CaseEvent.REJECT_NOTICE: ("failed", "told"),
    CaseEvent.REJECT_COUNTER: ("failed", "told"),
    CaseEvent.LEAVE_TO_PARTIES: ("told",),
}
_HINTS = {
    "told": __(
        "The letter of this step says it in these words. Without them it may wait as a draft."
    ),
    "failed": __("One part a line. Without it the letter waits as a draft."),
}


class ActionForm(FlaskForm):
    """All fields that some move needs; each page shows its own."""

    version = HiddenField()
    reason = TextAreaField(__("Reason"), [Length(max=4000)], render_kw={"rows": "4"})
    sub_kind = SelectField(__("New kind"), validate_choice=False)
    terms = TextAreaField(__("Terms"), [Length(max=8000)], render_kw={"rows": "6"})
    days = IntegerField(__("Days"), [Optional(), NumberRange(1, 180)])
    limitation_on = DateField(__("Limitation date"), [Optional()])
    told = TextAreaField(__("Words for the letter"), [Length(max=4000)], render_kw={"rows": "4"})
    failed = TextAreaField(__("What is missing"), [Length(max=2000)], render_kw={"rows": "3"})
    other_case_id = StringField(__("Reference of the other case"), [Length(max=40)])
    outcome = RadioField(__("Outcome of the order"), validate_choice=False)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        disputes = [sub for sub in SubKind if kind_of(sub) is not Kind.SUPPORT]
        self.sub_kind.choices = choices((sub, sub_kind_words(sub)) for sub in disputes)
        self.outcome.choices = choices(
            [(one.value, translated(DECIDED_WORDS[one])) for one in _COURT_OUTCOMES]
        )

    def to_command(self, case: LoadedCase, event: CaseEvent, tx: Tx, actor: Actor) -> ApplyEvent:
        """What was typed, the other case's reference looked up. Raises Invalid naming the field."""
        data = {name: self._value(name, tx, actor) for name in _names(event) if name != REASON}
        return ApplyEvent(
            case.id,
            event,
            seen_version(self.version.data, case.view.version),
            (self.reason.data or "").strip(),
            {name: value for name, value in data.items() if value not in {None, ""}},
        )

    def _value(self, name: str, tx: Tx, actor: Actor) -> object:
        value = self._fields[name].data
        if name != "other_case_id" or not value:
            return value.isoformat() if name == "limitation_on" and value else value
        try:
            return str(case_by_ref(tx, actor, value).id)
        except (Invalid, NotFound):
            raise Invalid(name, "not_found", _("There is no case with this reference.")) from None


@bp.get("/desk/cases/<ref>/actions/<event>")
@policy(Permission.CASE_ACT, on="case")
def cases_action(ref: str, event: str) -> ResponseReturnValue:
    """What the move does and what it needs, or in place of the form what stands in its way."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
        known = _known(case, event, actor)
        offered = _offer(tx, case, known, actor)
    own_page = action_link(case.ref, known).href
    if own_page != request.path:
        return redirect(own_page, 303)
    return _page(case, known, ActionForm(data={"version": str(case.view.version)}), offered)


@bp.post("/desk/cases/<ref>/actions/<event>")
@policy(Permission.CASE_ACT, on="case")
def cases_act(ref: str, event: str) -> ResponseReturnValue:
    """Make the move with its side effects in the other rooms."""
    actor, form = current_actor(), ActionForm()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
        known = _known(case, event, actor)
        offered = _offer(tx, case, known, actor)
    if not form.validate() or not _is_complete(form, known):
        return _page(case, known, form, offered), 422
    try:
        with transaction(actor) as tx:
            after = act(tx, form.to_command(case, known, tx, actor), actor, services().clock)
    except Invalid as error:
        mark(form, error, "reason")
        return _page(case, known, form, offered), 422
    flash(_("%(label)s: done.", label=action_words(known).label), "ok")
    if known is CaseEvent.RECUSE:
        return redirect(url_for("desk.cases_list"), 303)
    return redirect(url_for("desk.cases_show", ref=after.ref), 303)


def _known(case: LoadedCase, event: str, actor: Actor) -> CaseEvent:
    """The move of this address. Raises NotFound when the state or the role has no such move."""
    found = next((one for one in moves_of_role(case.view, actor) if one.value == event), None)
    if found is None:
        raise NotFound(event)
    return found


def _offer(tx: Tx, case: LoadedCase, event: CaseEvent, actor: Actor) -> Action | Refusal | None:
    offered = offered_to(tx, actor, case.view, services().clock)
    found: list[Action | Refusal] = [*offered.actions, *offered.refusals]
    return next((one for one in found if one.event is event), None)


def _names(event: CaseEvent) -> tuple[str, ...]:
    """Fields of the page: what the table needs, then what may come with it."""
    needs = [name for name in NEEDS.get(event, ()) if name in ActionForm.__dict__ or name == REASON]
    return (*(name for name in needs if name != REASON), *_ALSO.get(event, ()), REASON)


def _is_complete(form: ActionForm, event: CaseEvent) -> bool:
    for name in NEEDS.get(event, ()):
        field = form._fields.get(name)
        if field is not None and not str(field.data or "").strip():
            field.errors = [*field.errors, _("Please fill this in.")]
    return not form.errors


def _page(
    case: LoadedCase, event: CaseEvent, form: ActionForm, offered: Action | Refusal | None
) -> str:
    needed = set(NEEDS.get(event, ()))
    fields = [
        FieldRow(
            form._fields[name],
            str(_HINTS.get(name, "")) or _own_words(name, event),
            is_optional=name not in needed,
            is_short=name in {"days", "limitation_on"},
        )
        for name in _names(event)
    ]
    lines, target = [], ""
    if isinstance(offered, Refusal):
        lines.append(Line(_("Not possible yet: %(why)s", why=translated(offered.text)), "warn"))
    elif isinstance(offered, Action):
        target = _target(offered.leads_to, case.view.sub_kind)
        if offered.fresh:
            lines.append(Line(_("You will be asked to sign in again."), "info"))
    else:
        lines.append(Line(_("This step is for somebody else."), "warn"))
    return render_template(
        "desk/cases/action.html", case=case.head, words=action_words(event), form=form, fields=fields, lines=lines,
        target=target, can_act=isinstance(offered, Action), action=url_for("desk.cases_act", ref=case.ref, event=event.value),
    )  # fmt: skip


def _own_words(name: str, event: CaseEvent) -> str:
    """Where a letter leaves, the reason of the move is not what it says."""
    if name == REASON and "told" in _ALSO.get(event, ()):
        return _("Only the desk reads it.")
    return ""


def _target(states: tuple[State, ...], sub_kind: SubKind) -> str:
    names = ", ".join(state_name(state, sub_kind) for state in states)
    return _("The case then stands at: %(states)s.", states=names) if names else ""
