"""S12: macros, own and of the team: list, write, preview with the data of a real case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from app.accounts.rules import Permission, may
from app.cases.queries import parties_of
from app.cases.rules.kinds import CaseEvent
from app.conversations.commands import SaveMacro
from app.conversations.queries.macros import MacroView, macro_by_id, macros_of
from app.conversations.rules.asking import TEMPLATES
from app.conversations.rules.macros import (
    VARIABLES,
    MacroAudience,
    Proposes,
    Rendered,
    check_body,
    render,
)
from app.conversations.service.macros import retire_macro, save_macro
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound, Stale
from app.web.desk.choices import choices
from app.web.desk.face import bp
from app.web.desk.head import load_case, seen_version
from app.web.desk.macro_values import reader_side, values_of
from app.web.desk.words import action_words
from app.web.shared.context import current_actor, services
from app.web.shared.filters import LANGUAGES
from app.web.shared.form_errors import mark
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

_AUDIENCES = (
    (MacroAudience.ARTIST.value, __("To the artist")),
    (MacroAudience.OTHER.value, __("To the other party")),
    (MacroAudience.NOTE.value, __("Internal note")),
    (MacroAudience.ANY.value, __("To either party")),
)
_MOVES = (
    CaseEvent.TAKE, CaseEvent.START_REVIEW, CaseEvent.ASK_COMPLAINANT, CaseEvent.ASK_RESPONDENT,
    CaseEvent.ASK_STORE, CaseEvent.RESOLVE, CaseEvent.EXTEND, CaseEvent.START_EXCHANGE,
)  # fmt: skip


class MacroForm(FlaskForm):
    """Name, reader, words, and what it proposes."""

    idempotency_key = HiddenField()
    version = HiddenField()
    name = StringField(__("Name"), render_kw={"maxlength": "120"})
    language = SelectField(
        __("Language"),
        choices=choices(LANGUAGES),
        validate_choice=False,
        render_kw={"translate": "no"},
    )
    audience = RadioField(__("Who reads it"), choices=choices(_AUDIENCES), validate_choice=False)
    body = TextAreaField(__("Words"), render_kw={"rows": "9", "maxlength": "8000"})
    items = SelectMultipleField(__("Request items it proposes"), validate_choice=False)
    move = SelectField(__("Next step it proposes"), validate_choice=False)
    tag = StringField(__("Tag it proposes"), render_kw={"maxlength": "60"})
    owner_me = BooleanField(__("Propose that I take the case"))
    is_team = BooleanField(__("For the whole team"))
    ref = StringField(
        __("Preview with the case"), render_kw={"maxlength": "40", "placeholder": "RD-"}
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        moves = [(one.value, action_words(one).label) for one in _MOVES]
        self.items.choices = choices((row.key, translated(row.label)) for row in TEMPLATES)
        self.move.choices = choices([("", _("None")), *moves])

    def to_command(self, macro_id: UUID | None) -> SaveMacro:
        """Raises Invalid naming what is missing or unknown."""
        if self.audience.data not in set(MacroAudience):
            raise Invalid("audience", "required", _("Choose who reads it."))
        if self.language.data not in dict(LANGUAGES):
            raise Invalid("language", "unknown", _("Choose a language of the list."))
        known = {row.key for row in TEMPLATES}
        items = tuple(key for key in self.items.data or () if key in known)
        move = self.move.data if self.move.data in {one.value for one in _MOVES} else ""
        proposes = Proposes(
            items,
            move or "",
            (self.tag.data or "").strip()[:60],
            "me" if self.owner_me.data else "",
        )
        return SaveMacro(
            macro_id, self.name.data or "", self.language.data, MacroAudience(self.audience.data),
            self.body.data or "", proposes, bool(self.is_team.data), seen_version(self.version.data, 0),
        )  # fmt: skip


@bp.get("/desk/macros")
@policy(Permission.NOTE_ADD)
def macros_list() -> ResponseReturnValue:
    """What may be inserted: the team's and one's own."""
    with transaction(current_actor(), read_only=True) as tx:
        rows = macros_of(tx, current_actor())
    return render_template(
        "desk/macros/list.html", macros=[(row, _audience_words(row)) for row in rows]
    )


@bp.get("/desk/macros/new")
@policy(Permission.NOTE_ADD)
def macros_new() -> ResponseReturnValue:
    """An empty one."""
    data = {
        "language": current_actor().locale,
        "audience": MacroAudience.ARTIST.value,
        "version": "0",
    }
    return _page(MacroForm(formdata=None, data=data), None)


@bp.post("/desk/macros/new")
@policy(Permission.NOTE_ADD)
@once_per_key
def macros_add() -> ResponseReturnValue:
    """Keep a new one, or look at it first."""
    return _save(MacroForm(), None)


@bp.get("/desk/macros/<uuid:macro_id>")
@policy(Permission.NOTE_ADD, on="macro")
def macros_show(macro_id: UUID) -> ResponseReturnValue:
    """One macro, to change it."""
    with transaction(current_actor(), read_only=True) as tx:
        macro = macro_by_id(tx, current_actor(), macro_id)
    return _page(MacroForm(formdata=None, data=_data(macro)), macro)


@bp.post("/desk/macros/<uuid:macro_id>")
@policy(Permission.NOTE_ADD, on="macro")
def macros_save(macro_id: UUID) -> ResponseReturnValue:
    """Change it, look at it, or retire it."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        macro = macro_by_id(tx, actor, macro_id)
    if request.form.get("do") == "retire":
        with transaction(actor) as tx:
            retire_macro(tx, macro_id, actor, services().clock)
        flash(_("The macro is retired. What was written with it stays."), "ok")
        return redirect(url_for("desk.macros_list"), 303)
    return _save(MacroForm(), macro)


def _save(form: MacroForm, macro: MacroView | None) -> ResponseReturnValue:
    actor = current_actor()
    try:
        command = form.to_command(macro.id if macro else None)
        if request.form.get("do") == "preview":
            return _page(form, macro, _preview(command, form.ref.data or "", actor))
        with transaction(actor) as tx:
            save_macro(tx, command, actor, services().clock)
    except Stale as error:
        mark(form, error, "body")
        return _page(form, macro, theirs=error.theirs), 409
    except Invalid as error:
        mark(form, error, "body")
        return _page(form, macro), 422
    flash(_("The macro is saved."), "ok")
    return redirect(url_for("desk.macros_list"), 303)


def _preview(command: SaveMacro, ref: str, actor: Actor) -> Rendered:
    """The words with the values of a case, or with its variables in brackets. Raises Invalid."""
    check_body(command.body, command.audience)
    if not ref.strip():
        return render(command.body, {})
    try:
        with transaction(actor, read_only=True) as tx:
            case = load_case(tx, actor, ref)
            side = reader_side(case, command.audience)
            parties = parties_of(tx, actor, case.id)
            return render(command.body, values_of(tx, case, side, parties, actor))
    except NotFound:
        raise Invalid("ref", "not_found", _("There is no case with this reference.")) from None


def _data(macro: MacroView) -> dict[str, Any]:
    return {
        "version": str(macro.version), "name": macro.name, "language": macro.language,
        "audience": macro.audience.value, "body": macro.body, "items": list(macro.proposes.items),
        "move": macro.proposes.move, "tag": macro.proposes.tag,
        "owner_me": macro.proposes.owner == "me", "is_team": not macro.is_own,
    }  # fmt: skip


def _page(
    form: MacroForm, macro: MacroView | None, preview: Rendered | None = None, theirs: str = ""
) -> str:
    actor = current_actor()
    may_team = may(actor, Permission.CASE_ASSIGN)
    if theirs and macro:
        form.version.data = str(macro.version)
    address = (
        url_for("desk.macros_save", macro_id=macro.id) if macro else url_for("desk.macros_add")
    )
    return render_template(
        "desk/macros/edit.html", form=form, macro=macro, preview=preview, theirs=theirs, action=address,
        may_team=may_team, may_save=may_team or macro is None or macro.is_own, variables=tuple(VARIABLES),
    )  # fmt: skip


def _audience_words(row: MacroView) -> str:
    return str(dict(_AUDIENCES)[row.audience.value])
