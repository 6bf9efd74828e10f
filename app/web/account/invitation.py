"""The link in an invitation: set the first password, then the second factor (B154)."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired

from app.accounts.service import secrets as proofs
from app.edge.limits import LINK_ADDRESS
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.web.account.entry import opening
from app.web.account.face import bp
from app.web.shared.context import services
from app.web.shared.entry_fields import email_field
from app.web.shared.form_errors import mark
from app.web.shared.policy import public
from app.web.shared.ratelimit import client_address, spend
from app.web.shared.session import sign_in

_SYSTEM = Actor.system("signin")


class InvitationForm(FlaskForm):
    """The address the mail went to, and a password of one's own."""

    email = email_field()
    password = PasswordField(
        __("New password"),
        [InputRequired(__("Enter a password."))],
        render_kw={"autocomplete": "new-password"},
        description=__("At least 15 characters. Four words that do not belong together are good."),
    )


@bp.get("/invitation/<token>")
@public()
def invitation_show(token: str) -> str | tuple[str, int]:
    """A live link asks for a password; every other one gets the same refusal."""
    spend((LINK_ADDRESS, client_address()))
    with transaction(_SYSTEM) as tx:
        is_open = proofs.open_invitation_of(tx, token[:200], services().clock) is not None
    if not is_open:
        return _over()
    return render_template("account/invitation/show.html", form=InvitationForm(), token=token)


@bp.post("/invitation/<token>")
@public()
def invitation_accept(token: str) -> str | Response | tuple[str, int]:
    """Set the password and go on to the second factor."""
    spend((LINK_ADDRESS, client_address()))
    form = InvitationForm()
    if form.validate():
        try:
            person_id = _accept(token, form)
        except Invalid as problem:
            mark(form, problem, "password")
        else:
            if person_id is None:
                return _over()
            sign_in(opening(person_id, enrolling=True))
            return redirect("/me/security/authenticator", 303)
    return render_template("account/invitation/show.html", form=form, token=token), 422


def _accept(token: str, form: InvitationForm) -> UUID | None:
    given = services()
    with transaction(_SYSTEM) as tx:
        return proofs.accept_invitation(
            tx, token[:200], form.email.data or "", form.password.data or "", given.clock,
            product=given.settings.product_name,
        )  # fmt: skip


def _over() -> tuple[str, int]:
    message = _("This link was used, is too old, or belongs to another address. Ask for a new one.")
    return render_template("account/invitation/over.html", message=message), 410
