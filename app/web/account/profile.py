"""U3 profile, the sign-in address, and U4 the list of sign-ins."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from app.accounts.commands import UpdateProfile
from app.accounts.queries import OwnProfile, own_profile, own_sessions
from app.accounts.rules import Theme
from app.accounts.service import secrets as proofs
from app.accounts.service.people import update_profile
from app.accounts.service.sessions import revoke_all, revoke_session
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.zones import zone_names
from app.web.account.entry import keys, opening, recall, remember
from app.web.account.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.entry_fields import code_field, email_field
from app.web.shared.form_errors import mark
from app.web.shared.policy import signed_in
from app.web.shared.ratelimit import CODE_MAIL, SIGN_IN_ACCOUNT, spend
from app.web.shared.session import own_session, sign_in, sign_out

_SYSTEM = Actor.system("signin")
_LANGUAGES = (
    ("en", "English"), ("az", "Azərbaycanca"), ("id", "Bahasa Indonesia"), ("hy", "Հայերեն"),
    ("zh", "简体中文"), ("kk", "Қазақша"), ("ja", "日本語"), ("ko", "한국어"), ("th", "ไทย"),
    ("ar", "العربية"),
)  # fmt: skip


class ProfileForm(FlaskForm):
    """Name, language, zone, theme; the version says what was read."""

    name = StringField(
        __("Full name"),
        [InputRequired(__("Enter your name.")), Length(max=200)],
        render_kw={"autocomplete": "name", "maxlength": "200"},
    )
    locale = SelectField(
        __("Language"),
        choices=[SelectChoice(code, name) for code, name in _LANGUAGES],
        render_kw={"translate": "no"},
    )
    zone = SelectField(
        __("Time zone"),
        choices=[SelectChoice(zone, zone) for zone in zone_names()],
        render_kw={"translate": "no"},
    )
    theme = RadioField(
        __("Colours"),
        choices=[
            SelectChoice(Theme.SYSTEM.value, __("As the device")),
            SelectChoice(Theme.LIGHT.value, __("Light")),
            SelectChoice(Theme.DARK.value, __("Dark")),
        ],
    )
    version = IntegerField(widget=HiddenInput())

    def to_command(self) -> UpdateProfile:
        """What was filled in."""
        return UpdateProfile(
            self.name.data or "",
            self.locale.data,
            self.zone.data,
            Theme(self.theme.data),
            self.version.data or 0,
        )


class AddressForm(FlaskForm):
    """A new sign-in address."""

    email = email_field()


class AddressCodeForm(FlaskForm):
    """The code that went to the new address."""

    code = code_field()


def _profile() -> OwnProfile:
    with transaction(current_actor(), read_only=True) as tx:
        return own_profile(tx, current_actor())


@bp.get("/me")
@signed_in()
def profile_show() -> str:
    """The own profile as a form."""
    profile = _profile()
    return render_template(
        "account/me/profile.html", form=ProfileForm(obj=profile), profile=profile
    )


@bp.post("/me")
@signed_in()
def profile_save() -> Response | tuple[str, int]:
    """Save it; a change made elsewhere meanwhile is shown instead of overwritten."""
    form = ProfileForm()
    if form.validate():
        try:
            with transaction(_SYSTEM) as tx:
                update_profile(tx, form.to_command(), current_actor(), services().clock)
        except Invalid as problem:
            mark(form, problem, "name")
        else:
            flash(_("Saved."), "ok")
            return redirect("/me", 303)
    return render_template("account/me/profile.html", form=form, profile=_profile()), 422


@bp.get("/me/email")
@signed_in(fresh=True)
def address_show() -> str:
    """Ask for the new address."""
    return render_template("account/me/email.html", form=AddressForm(), profile=_profile())


@bp.post("/me/email")
@signed_in(fresh=True)
def address_send() -> Response | tuple[str, int]:
    """Send a code to the new address."""
    form = AddressForm()
    if form.validate():
        actor = current_actor()
        spend((CODE_MAIL, f"change:{actor.person_id}"))
        try:
            with transaction(_SYSTEM) as tx:
                code_id = proofs.request_email_change(
                    tx, actor, form.email.data or "", services().clock, keys().links
                )
        except Invalid as problem:
            mark(form, problem, "email")
        else:
            remember("address", {"code": str(code_id)})
            return redirect("/me/email/code", 303)
    return render_template("account/me/email.html", form=form, profile=_profile()), 422


@bp.get("/me/email/code")
@signed_in(fresh=True)
def address_code() -> str | Response:
    """Ask for the code."""
    if not recall("address"):
        return redirect("/me/email", 303)
    return render_template("account/me/email_code.html", form=AddressCodeForm())


@bp.post("/me/email/code")
@signed_in(fresh=True)
def address_confirm() -> Response | tuple[str, int]:
    """Move to the new address: the old one is told, other sign-ins and open links end (B155)."""
    kept, actor = recall("address"), current_actor()
    if not kept or actor.person_id is None:
        return redirect("/me/email", 303)
    form = AddressCodeForm()
    if form.validate():
        spend((SIGN_IN_ACCOUNT, f"change:{actor.person_id}"))
        with transaction(_SYSTEM) as tx:
            moved = proofs.confirm_email_change(
                tx, UUID(kept["code"]), form.code.data or "", actor, services().clock, keys().links
            )
        if moved:
            sign_in(opening(actor.person_id))
            flash(_("Your new address is in use. All other sign-ins ended."), "ok")
            return redirect("/me", 303)
        form.code.errors = [_("This code is not right, or it is too old. Ask for a new one.")]
    return render_template("account/me/email_code.html", form=form), 422


@bp.get("/me/sessions")
@signed_in()
def sessions_show() -> str:
    """Where this account is signed in."""
    with transaction(current_actor(), read_only=True) as tx:
        rows = own_sessions(tx, current_actor(), services().clock)
    return render_template("account/me/sessions.html", rows=rows, here=current_actor().session_id)


@bp.post("/me/sessions/<uuid:session_id>/end")
@signed_in()
def session_end(session_id: UUID) -> Response:
    """End one sign-in; ending this one signs out."""
    with transaction(_SYSTEM) as tx:
        revoke_session(tx, session_id, current_actor(), services().clock)
    if session_id == current_actor().session_id:
        sign_out()
        return redirect("/signin", 303)
    flash(_("That sign-in ended."), "ok")
    return redirect("/me/sessions", 303)


@bp.post("/me/sessions/end-others")
@signed_in()
def sessions_end_others() -> Response:
    """End every sign-in but this one."""
    here = own_session().row
    with transaction(_SYSTEM) as tx:
        revoke_all(tx, current_actor(), services().clock, but=here.id if here else None)
    flash(_("All other sign-ins ended."), "ok")
    return redirect("/me/sessions", 303)
