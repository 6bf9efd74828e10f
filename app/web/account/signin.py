"""U1: e-mail, then a link or a six-digit code. Answers never say whether there is an account (B153)."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.accounts.rules import normal_email
from app.accounts.service import signin
from app.edge.limits import LINK_ADDRESS
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.web.account.entry import (
    destination,
    home_of,
    keys,
    next_field,
    opening,
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
from app.web.shared.session import sign_in, sign_out

_SYSTEM = Actor.system("signin")


class EmailForm(FlaskForm):
    """The address alone; everything else follows by mail."""

    email = email_field()
    next = next_field()


class CodeForm(FlaskForm):
    """The six digits of the mail."""

    code = code_field()


@bp.get("/signin")
@public()
def signin_show() -> str | Response:
    """Ask for the address."""
    if current_actor().is_person:
        return redirect(destination(current_actor(), wanted_next()), 303)
    return render_template("account/signin/show.html", form=EmailForm(next=wanted_next()))


@bp.post("/signin")
@public()
def signin_send() -> str | Response | tuple[str, int]:
    """Ask for a mail; the answer and its cost are the same for every address."""
    form = EmailForm()
    if not form.validate():
        return render_template("account/signin/show.html", form=form), 422
    email = normal_email(form.email.data or "")
    spend((CODE_MAIL, email), (SIGN_IN_ADDRESS, client_address()))
    with transaction(_SYSTEM) as tx:
        code_id = signin.request_code(tx, email, keys().links)
    remember("signin", {"code": str(code_id), "next": wanted_next(), "email": email})
    return redirect("/signin/code", 303)


@bp.get("/signin/code")
@public()
def signin_code() -> str | Response:
    """One field for the code; the link of the same mail works too."""
    if not recall("signin"):
        return redirect("/signin", 303)
    return render_template("account/signin/code.html", form=CodeForm())


@bp.post("/signin/code")
@public()
def signin_check() -> str | Response | tuple[str, int]:
    """Right code: in, under a new session. Wrong, old, used or unknown: the same words."""
    kept = recall("signin")
    if not kept:
        return redirect("/signin", 303)
    form = CodeForm()
    if form.validate():
        spend((SIGN_IN_ACCOUNT, kept["email"]), (SIGN_IN_ADDRESS, client_address()))
        with transaction(_SYSTEM) as tx:
            person_id = signin.redeem_code(
                tx, UUID(kept["code"]), form.code.data or "", services().clock, keys().links
            )
        if person_id is not None:
            return _enter(person_id, kept["next"])
        form.code.errors = [_("This code is not right, or it is too old. Ask for a new one.")]
    return render_template("account/signin/code.html", form=form), 422


@bp.get("/signin/link/<token>")
@public()
def signin_link(token: str) -> str:
    """A page with a button: programs that open links in mails do not use this one up."""
    return render_template("account/signin/link.html", token=token)


@bp.post("/signin/link/<token>")
@public()
def signin_link_use(token: str) -> str | Response | tuple[str, int]:
    """Use the link: once, within fifteen minutes."""
    spend((LINK_ADDRESS, client_address()))
    with transaction(_SYSTEM) as tx:
        person_id = signin.redeem_link(tx, token[:200], services().clock)
    if person_id is None:
        return render_template("account/signin/link_over.html"), 410
    return _enter(person_id, recall("signin").get("next", ""))


@bp.post("/signout")
@signed_in()
def signout() -> Response:
    """End this session and take what the browser keeps with it (ASVS 14.3.1)."""
    sign_out()
    response = redirect("/signin", 303)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


def _enter(person_id: UUID, asked: str) -> Response:
    sign_in(opening(person_id))
    return redirect(destination(current_actor(), asked), 303)


def home() -> str:
    """The first page of the reader."""
    return home_of(current_actor())
