"""U2: authenticator app, recovery codes, password. Staff without a second factor can only come here."""

from __future__ import annotations

import io
from uuid import UUID

import segno
from flask import Response as FlaskResponse
from flask import flash, redirect, render_template
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired

from app.accounts.adapters.authenticator import provisioning_uri
from app.accounts.queries import person_contact
from app.accounts.rules import needs_second_factor
from app.accounts.service import secrets as proofs
from app.accounts.service import signin
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.web.account.entry import keys, opening, plain_code
from app.web.account.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.entry_fields import code_field
from app.web.shared.form_errors import mark
from app.web.shared.policy import enrolling, signed_in
from app.web.shared.ratelimit import SIGN_IN_ACCOUNT, spend
from app.web.shared.session import own_session, sign_in, sign_out

_SYSTEM = Actor.system("signin")


class ConfirmForm(FlaskForm):
    """The first code of a new authenticator."""

    code = code_field()


class NewPasswordForm(FlaskForm):
    """A new password for oneself."""

    password = PasswordField(
        __("New password"),
        [InputRequired(__("Enter a password."))],
        render_kw={"autocomplete": "new-password"},
        description=__("At least 15 characters. Four words that do not belong together are good."),
    )


def own_id() -> UUID:
    """Whose account this is, also while a second factor is being set up."""
    found = current_actor().person_id or own_session().enrolling_person
    if found is None:
        raise NotFound
    return found


@bp.get("/me/security")
@signed_in()
def security_show() -> str:
    """What is set up, and why it is needed."""
    person_id = own_id()
    with transaction(_SYSTEM, read_only=True) as tx:
        ready = signin.has_authenticator(tx, person_id)
        left = proofs.recovery_codes_left(tx, person_id)
    house = needs_second_factor(current_actor().roles)
    return render_template("account/me/security.html", ready=ready, left=left, house=house)


@bp.get("/me/security/authenticator")
@enrolling()
def authenticator_show() -> str | Response:
    """The secret to scan or type, and the field for its first code."""
    person_id = own_id()
    with transaction(_SYSTEM) as tx:
        if signin.has_authenticator(tx, person_id):
            return redirect("/me/security", 303)
        secret = proofs.start_authenticator(tx, person_id, services().clock, keys())
    return render_template(
        "account/me/authenticator.html", form=ConfirmForm(), secret=_spaced(secret)
    )


@bp.get("/me/security/authenticator.svg")
@enrolling()
def authenticator_image() -> FlaskResponse:
    """The secret as a QR code, only while it is not confirmed."""
    person_id = own_id()
    with transaction(_SYSTEM) as tx:
        if signin.has_authenticator(tx, person_id):
            raise NotFound
        secret = proofs.start_authenticator(tx, person_id, services().clock, keys())
        email = person_contact(tx, person_id).email
    uri = provisioning_uri(secret, email, services().settings.product_name)
    image = io.BytesIO()
    segno.make(uri, error="m").save(image, kind="svg", scale=5, border=4, light="#fff", dark="#000")
    return FlaskResponse(image.getvalue(), mimetype="image/svg+xml")


@bp.post("/me/security/authenticator")
@enrolling()
def authenticator_confirm() -> str | Response | tuple[str, int]:
    """Right: the session becomes a full one and recovery codes are shown once."""
    person_id, clock = own_id(), services().clock
    form = ConfirmForm()
    if form.validate():
        spend((SIGN_IN_ACCOUNT, f"enrol:{person_id}"))
        with transaction(_SYSTEM) as tx:
            code = plain_code(form.code.data or "")
            codes = proofs.confirm_authenticator(tx, person_id, code, clock, keys())
        if codes is not None:
            sign_in(opening(person_id))
            return render_template("account/me/recovery_codes.html", codes=codes)
        form.code.errors = [
            _("This code is not right. Check the clock of your phone and try the next one.")
        ]
    with transaction(_SYSTEM) as tx:
        secret = proofs.start_authenticator(tx, person_id, clock, keys())
    return render_template("account/me/authenticator.html", form=form, secret=_spaced(secret)), 422


@bp.post("/me/security/recovery-codes")
@signed_in(fresh=True)
def recovery_codes_renew() -> str:
    """Ten new codes; all older ones end."""
    with transaction(_SYSTEM) as tx:
        codes = proofs.new_recovery_codes(tx, own_id(), services().clock, keys())
    return render_template("account/me/recovery_codes.html", codes=codes)


@bp.post("/me/security/authenticator/remove")
@signed_in(fresh=True)
def authenticator_remove() -> Response:
    """Take the second factor away; every session ends."""
    with transaction(_SYSTEM) as tx:
        proofs.remove_authenticator(tx, own_id(), services().clock)
    sign_out()
    return redirect("/signin", 303)


@bp.get("/me/security/password")
@signed_in(fresh=True)
def new_password_show() -> str:
    """Ask for a new password."""
    _house_only()
    return render_template("account/me/password.html", form=NewPasswordForm())


@bp.post("/me/security/password")
@signed_in(fresh=True)
def new_password_set() -> str | Response | tuple[str, int]:
    """Set it; every session ends but a new one for this browser."""
    _house_only()
    person_id, given = own_id(), services()
    form = NewPasswordForm()
    if form.validate():
        try:
            with transaction(_SYSTEM) as tx:
                proofs.set_password(
                    tx,
                    person_id,
                    form.password.data or "",
                    given.clock,
                    product=given.settings.product_name,
                )
        except Invalid as problem:
            mark(form, problem, "password")
        else:
            sign_in(opening(person_id))
            flash(_("Your new password is set. All other sign-ins ended."), "ok")
            return redirect("/me/security", 303)
    return render_template("account/me/password.html", form=form), 422


def _house_only() -> None:
    if not needs_second_factor(current_actor().roles):
        raise NotFound


def _spaced(secret: str) -> str:
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
