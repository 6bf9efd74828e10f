"""U1 for people who work here: password, then authenticator or recovery code; `/reauth` for a fresh proof."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, request, session
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.accounts.queries import person_contact
from app.accounts.rules import normal_email
from app.accounts.service import signin
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Actor
from app.web.account.entry import (
    destination,
    keys,
    next_field,
    opening,
    plain_code,
    recall,
    remember,
    wanted_next,
)
from app.web.account.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.entry_fields import code_field, email_field
from app.web.shared.policy import public, signed_in
from app.web.shared.ratelimit import (
    CODE_MAIL,
    SIGN_IN_ACCOUNT,
    SIGN_IN_ADDRESS,
    client_address,
    spend,
)
from app.web.shared.session import own_session, sign_in

_SYSTEM = Actor.system("signin")
_SECONDS = 600


class PasswordForm(FlaskForm):
    """Address and password; managers and pasting work."""

    email = email_field()
    password = PasswordField(
        __("Password"),
        [InputRequired(__("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    next = next_field()


class SecondForm(FlaskForm):
    """The code of the authenticator app."""

    code = code_field()


class RecoveryForm(FlaskForm):
    """A recovery code instead."""

    recovery = StringField(
        __("Recovery code"),
        [InputRequired(__("Enter one of your recovery codes.")), Length(max=40)],
        render_kw={"autocomplete": "off", "maxlength": "40"},
    )


class ReauthForm(SecondForm):
    """As the second step, and where to go on."""

    next = next_field()


@bp.get("/signin/password")
@public()
def password_show() -> str | Response:
    """Ask for address and password."""
    if current_actor().is_person:
        return redirect(destination(current_actor(), wanted_next()), 303)
    return render_template("account/signin/password.html", form=PasswordForm(next=wanted_next()))


@bp.post("/signin/password")
@public()
def password_check() -> str | Response | tuple[str, int]:
    """Right: on to the second step, or to setting one up. Wrong or unknown: the same words, the same work."""
    form = PasswordForm()
    if form.validate():
        email = normal_email(form.email.data or "")
        spend((SIGN_IN_ACCOUNT, email), (SIGN_IN_ADDRESS, client_address()))
        with transaction(_SYSTEM) as tx:
            person_id = signin.check_password(tx, email, form.password.data or "")
            ready = person_id is not None and signin.has_authenticator(tx, person_id)
        if person_id is not None:
            return _second_step(person_id) if ready else _enrol(person_id)
        form.password.errors = [_("The address or the password is not right.")]
    return render_template("account/signin/password.html", form=form), 422


def _second_step(person_id: UUID) -> Response:
    until = services().clock.now().timestamp() + _SECONDS
    session.clear()
    remember("second", {"person": str(person_id), "next": wanted_next(), "until": str(until)})
    return redirect("/signin/second", 303)


def _enrol(person_id: UUID) -> Response:
    sign_in(opening(person_id, enrolling=True))
    return redirect("/me/security/authenticator", 303)


def _pending() -> dict[str, str]:
    kept = recall("second")
    return kept if kept and services().clock.now().timestamp() < float(kept["until"]) else {}


@bp.get("/signin/second")
@public()
def second_show() -> str | Response:
    """Ask for the second factor; `?way=recovery` for a recovery code."""
    if not _pending():
        return redirect("/signin/password", 303)
    recovery = request.args.get("way") == "recovery"
    form = RecoveryForm() if recovery else SecondForm()
    return render_template("account/signin/second.html", form=form, recovery=recovery)


@bp.post("/signin/second")
@public()
def second_check() -> str | Response | tuple[str, int]:
    """Right: in, under a new session. A code that was taken before is wrong."""
    kept = _pending()
    if not kept:
        return redirect("/signin/password", 303)
    recovery = "recovery" in request.form
    form = RecoveryForm() if recovery else SecondForm()
    if form.validate():
        person_id = UUID(kept["person"])
        spend((SIGN_IN_ACCOUNT, f"second:{person_id}"), (SIGN_IN_ADDRESS, client_address()))
        if _is_right(person_id, form):
            sign_in(opening(person_id))
            return redirect(destination(current_actor(), kept["next"]), 303)
        _wrong(form)
    return render_template("account/signin/second.html", form=form, recovery=recovery), 422


def _is_right(person_id: UUID, form: FlaskForm) -> bool:
    clock = services().clock
    with transaction(_SYSTEM) as tx:
        if isinstance(form, RecoveryForm):
            return signin.use_recovery_code(tx, person_id, form.recovery.data or "", clock, keys())
        return signin.check_authenticator(
            tx, person_id, plain_code(form.code.data or ""), clock, keys()
        )


def _wrong(form: FlaskForm) -> None:
    field = form.recovery if isinstance(form, RecoveryForm) else form.code
    field.errors = [_("This code is not right, or it was used before. Wait for the next one.")]


@bp.get("/reauth")
@signed_in()
def reauth_show() -> str:
    """Ask for a fresh proof before something that money or law hangs on."""
    by_mail = _proves_by_mail()
    sent = bool(recall("reauth"))
    return render_template(
        "account/signin/reauth.html",
        form=ReauthForm(next=wanted_next()),
        by_mail=by_mail,
        sent=sent,
    )


@bp.post("/reauth")
@signed_in()
def reauth_check() -> str | Response | tuple[str, int]:
    """Right: fresh for five minutes, under a new session reference."""
    form = ReauthForm()
    by_mail = _proves_by_mail()
    if form.validate():
        spend((SIGN_IN_ACCOUNT, f"reauth:{current_actor().person_id}"))
        if _proves(form.code.data or "", by_mail=by_mail):
            own_session().pop("reauth", None)
            own_session().proven()
            return redirect(destination(current_actor(), form.next.data or ""), 303)
        _wrong(form)
    sent = bool(recall("reauth"))
    context = {"form": form, "by_mail": by_mail, "sent": sent}
    return render_template("account/signin/reauth.html", **context), 422


@bp.post("/reauth/mail")
@signed_in()
def reauth_mail() -> Response:
    """Send a code to the address on record; for people without a second factor."""
    actor = current_actor()
    if _proves_by_mail():
        with transaction(_SYSTEM, read_only=True) as tx:
            email = person_contact(tx, _id(actor)).email
        spend((CODE_MAIL, email))
        with transaction(_SYSTEM) as tx:
            code_id = signin.issue_own_code(tx, actor, services().clock, keys().links)
        remember("reauth", {"code": str(code_id)})
    return redirect(f"/reauth?next={wanted_next()}", 303)


def _proves_by_mail() -> bool:
    with transaction(_SYSTEM, read_only=True) as tx:
        return not signin.has_authenticator(tx, _id(current_actor()))


def _proves(code: str, *, by_mail: bool) -> bool:
    person_id, clock = _id(current_actor()), services().clock
    with transaction(_SYSTEM) as tx:
        if not by_mail:
            return signin.check_authenticator(tx, person_id, plain_code(code), clock, keys())
        kept = recall("reauth")
        if not kept:
            return False
        found = signin.redeem_code(tx, UUID(kept["code"]), code, clock, keys().links)
        return found == person_id


def _id(actor: Actor) -> UUID:
    assert actor.person_id is not None
    return actor.person_id
