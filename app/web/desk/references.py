"""Numbers that others gave a case: seen among the facts, noted and taken off by the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.validators import Length

from app.accounts.rules import Permission
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import Invalid
from app.kernel.sides import Side
from app.references.commands import AddReference, EndReference
from app.references.queries import references_of
from app.references.rules import LONGEST, ReferenceKind
from app.references.service import add_reference, end_reference
from app.web.desk.choices import choices
from app.web.desk.face import bp
from app.web.desk.head import load_case
from app.web.desk.words import side_words
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

KIND_WORDS: dict[ReferenceKind, Any] = {
    ReferenceKind.STORE_NUMBER: __("Ticket of the store"),
    ReferenceKind.CLAIM_ID: __("Claim of the platform"),
    ReferenceKind.OWN_REFERENCE: __("Their own reference"),
}


class ReferenceForm(FlaskForm):
    """One number, whose, and what kind."""

    side = RadioField(__("Side that named it"), validate_choice=False)
    kind = RadioField(__("Who gave the number"), validate_choice=False)
    value = StringField(__("Number"), [Length(max=LONGEST)], render_kw={"dir": "ltr"})

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.side.choices = choices((s, side_words(s)) for s in (Side.COMPLAINANT, Side.RESPONDENT))
        self.kind.choices = choices((kind.value, str(words)) for kind, words in KIND_WORDS.items())

    def to_command(self, case_id: UUID) -> AddReference:
        """Raises Invalid when side or kind was not chosen."""
        if self.side.data not in {Side.COMPLAINANT, Side.RESPONDENT}:
            raise Invalid("side", "required", _("Choose the side."))
        if self.kind.data not in set(ReferenceKind):
            raise Invalid("kind", "required", _("Choose who gave the number."))
        return AddReference(
            case_id, Side(self.side.data), ReferenceKind(self.kind.data), self.value.data or ""
        )


def reference_facts(rows: tuple[tuple[ReferenceKind, str], ...]) -> list[tuple[str, str]]:
    """Lines for the facts of a case."""
    return [(str(KIND_WORDS[kind]), value) for kind, value in rows]


@bp.get("/desk/cases/<ref>/references")
@policy(Permission.CASE_TRIAGE, on="case")
def references_list(ref: str) -> ResponseReturnValue:
    """The numbers of a case, and a form for one more."""
    return _page(ref, ReferenceForm(data={"side": Side.COMPLAINANT.value}))


@bp.post("/desk/cases/<ref>/references")
@policy(Permission.CASE_TRIAGE, on="case")
def references_add(ref: str) -> ResponseReturnValue:
    """Note a number; noted twice it stands once."""
    actor, form = current_actor(), ReferenceForm()
    try:
        with transaction(actor) as tx:
            case = load_case(tx, actor, ref)
            add_reference(tx, form.to_command(case.id), actor, services().clock)
    except Invalid as error:
        mark(form, error, "value")
        return _page(ref, form), 422
    flash(_("Saved. Cases with the same number are linked."), "ok")
    return redirect(url_for("desk.references_list", ref=ref), 303)


@bp.post("/desk/cases/<ref>/references/<uuid:reference_id>/end")
@policy(Permission.CASE_TRIAGE, on="case")
def references_end(ref: str, reference_id: UUID) -> ResponseReturnValue:
    """Take a number off."""
    actor = current_actor()
    with transaction(actor) as tx:
        case = load_case(tx, actor, ref)
        end_reference(tx, EndReference(case.id, reference_id), actor, services().clock)
    flash(_("The number was taken off this case."), "ok")
    return redirect(url_for("desk.references_list", ref=ref), 303)


def _page(ref: str, form: ReferenceForm) -> str:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
        rows = references_of(tx, actor, case.id)
    shown = [(row.id, str(KIND_WORDS[row.kind]), row.value, side_words(row.side)) for row in rows]
    return render_template("desk/cases/references.html", case=case.head, form=form, rows=shown)
