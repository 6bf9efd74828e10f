"""Bringing somebody in on a side of a case: by name and address, told by mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, RadioField, StringField
from wtforms.validators import Length

from app.accounts.rules import Permission
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import Invalid, Refused
from app.kernel.sides import Side
from app.web.desk.choices import choices
from app.web.desk.face import bp
from app.web.desk.head import LoadedCase, load_case
from app.web.desk.rows import FieldRow, Line
from app.web.desk.words import side_words
from app.web.shared.context import current_actor, services
from app.web.shared.form_errors import mark
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy
from app.workflows.invite import InviteParty, invite_party

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


class PartyForm(FlaskForm):
    """Who, and on which side."""

    idempotency_key = HiddenField()
    side = RadioField(__("Side"), validate_choice=False)
    name = StringField(__("Name, as the other side reads it"), [Length(max=200)])
    email = EmailField(__("E-mail address"), [Length(max=254)], render_kw={"dir": "ltr"})

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.side.choices = choices((s, side_words(s)) for s in (Side.COMPLAINANT, Side.RESPONDENT))

    def to_command(self, case: LoadedCase) -> InviteParty:
        """Raises Invalid when no side was chosen."""
        if self.side.data not in {Side.COMPLAINANT, Side.RESPONDENT}:
            raise Invalid("side", "required", _("Choose the side."))
        return InviteParty(
            case.id, Side(self.side.data), self.name.data or "", self.email.data or ""
        )


@bp.get("/desk/cases/<ref>/parties/new")
@policy(Permission.CASE_TRIAGE, on="case")
def parties_new(ref: str) -> ResponseReturnValue:
    """Ask who."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
    return _page(case, PartyForm(data={"side": Side.RESPONDENT.value}))


@bp.post("/desk/cases/<ref>/parties/new")
@policy(Permission.CASE_TRIAGE, on="case")
@once_per_key
def parties_add(ref: str) -> ResponseReturnValue:
    """Let them in."""
    actor, form = current_actor(), PartyForm()
    with transaction(actor, read_only=True) as tx:
        case = load_case(tx, actor, ref)
    try:
        command = form.to_command(case)
        with transaction(actor) as tx:
            invite_party(tx, command, actor, services().clock)
    except (Invalid, Refused) as error:
        mark(form, error, "email")
        return _page(case, form), 422
    flash(_("They can act on this side now. We told them by mail."), "ok")
    return redirect(url_for("desk.cases_show", ref=ref, pane="facts"), 303)


def _page(case: LoadedCase, form: PartyForm) -> str:
    line = _("They see this side of the case at once: what was shared, and what is private to it.")
    return render_template(
        "desk/cases/form.html", case=case.head, form=form, facts=(), lines=(Line(line),),
        fields=(FieldRow(form.side), FieldRow(form.name), FieldRow(form.email)),
        heading=_("Bring somebody in"), submit=_("Invite to the case"), icon_name="user-plus",
        action=url_for("desk.parties_add", ref=case.ref),
    )  # fmt: skip
