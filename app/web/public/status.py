"""Check a case without an account: reference and e-mail, a code by mail, then status, whose move and the next date."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from flask import redirect, render_template, request, session
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField, ValidationError
from wtforms.validators import InputRequired

from app.accounts.adapters.vault import keys_from
from app.accounts.rules import CODE_LIVES, normal_email
from app.cases.queries import moves_of
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.infra.i18n import translated
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.kernel.refs import parse_ref
from app.web.public.face import bp
from app.web.public.status_words import told
from app.web.shared.context import services
from app.web.shared.entry_fields import code_field, email_field
from app.web.shared.policy import public
from app.web.shared.promises import promise_for
from app.web.shared.ratelimit import (
    STATUS_ADDRESS,
    STATUS_CODE,
    STATUS_MAIL,
    STATUS_PAIR,
    client_address,
    spend,
)
from app.workflows.check_status import (
    StatusAsked,
    ask_status_code,
    is_right_code,
    open_status,
    status_of,
)

_SYSTEM = Actor.system("web:status")
SHOWN_FOR = timedelta(minutes=30)
ASKED, OPENED = "status_asked", "status_opened"
ASK, CODE = "public/status/ask.html", "public/status/code.html"


class AskForm(FlaskForm):
    """What stands in every mail from us, and the address it came to."""

    ref = StringField(
        __("Reference"),
        [InputRequired(__("Enter the reference, for example RD-7K4M-29QX."))],
        render_kw={"autocomplete": "off", "spellcheck": "false", "maxlength": "60"},
    )
    email = email_field()

    def validate_ref(self, field: StringField) -> None:
        """Any spelling; a wrong one says what is wrong with it."""
        try:
            field.data = str(parse_ref(field.data or ""))
        except Invalid as error:
            raise ValidationError(translated(error.message)) from error

    def validate_email(self, field: StringField) -> None:
        """Only its shape: whether we know it is never said here."""
        name, at, host = (field.data or "").strip().partition("@")
        if not (name and at and host) or any(char.isspace() for char in name + host):
            raise ValidationError(_("Enter the whole address, for example name@example.com."))


class StatusCodeForm(FlaskForm):
    """The six digits of the mail."""

    code = code_field()


@bp.get("/status")
@public()
def status_ask() -> str:
    """Both are asked for: a reference alone opens nothing."""
    return render_template(ASK, form=AskForm(ref=request.args.get("ref", "")[:60]))


@bp.post("/status")
@public()
def status_send() -> Response | tuple[str, int]:
    """Ask for a code; the answer and its cost are the same for every pair."""
    form = AskForm()
    if not form.validate():
        return render_template(ASK, form=form), 422
    ref, email = form.ref.data or "", normal_email(form.email.data or "")
    spend((STATUS_MAIL, email), (STATUS_PAIR, f"{ref}:{email}"), (STATUS_ADDRESS, client_address()))
    with transaction(_SYSTEM) as tx:
        asked = ask_status_code(tx, ref, email, keys_from(services().settings).links)
    until = (services().clock.now() + CODE_LIVES).isoformat()
    session[ASKED] = {
        "id": str(asked.id), "digest": asked.digest, "ref": ref, "email": email, "until": until,
    }  # fmt: skip
    return redirect("/status/code", 303)


@bp.get("/status/code")
@public()
def status_code() -> str | Response:
    """One field for the code."""
    return render_template(CODE, form=StatusCodeForm()) if ASKED in session else _again()


@bp.post("/status/code")
@public()
def status_check() -> Response | tuple[str, int]:
    """Right code: the page opens for half an hour. Wrong, old, used or unknown: the same words."""
    kept = session.get(ASKED)
    if kept is None:
        return _again()
    form = StatusCodeForm()
    if form.validate():
        spend((STATUS_CODE, kept["id"]))
        if _is_right(kept, form.code.data or ""):
            return _open(kept)
        form.code.errors = [_("This code is not right, or it is too old. Ask for a new one.")]
    return render_template(CODE, form=form), 422


@bp.get("/status/case")
@public()
def status_show() -> str | Response:
    """Status, whose move and the next date; nothing that one side alone may know, and nobody's name."""
    kept, now = session.get(OPENED), services().clock.now()
    if kept is None or now >= datetime.fromisoformat(kept["until"]):
        return _again()
    with transaction(_SYSTEM, read_only=True) as tx:
        try:
            status = status_of(tx, kept["ref"], kept["email"], _SYSTEM)
        except NotFound:
            return _again()
        promise = promise_for(tx, status.case, moves_of(tx, _SYSTEM, status.case.id))
    return render_template("public/status/show.html", told=told(status, promise))


def _is_right(kept: dict[str, str], code: str) -> bool:
    asked = StatusAsked(UUID(kept["id"]), kept["digest"])
    right = is_right_code(keys_from(services().settings).links, asked, code)
    return right and services().clock.now() < datetime.fromisoformat(kept["until"])


def _open(kept: dict[str, str]) -> Response:
    """The code is used up."""
    del session[ASKED]
    with transaction(_SYSTEM) as tx:
        found = open_status(tx, kept["ref"], kept["email"], _SYSTEM, services().clock)
    if found is None:
        return _again()
    until = (services().clock.now() + SHOWN_FOR).isoformat()
    session[OPENED] = {"ref": kept["ref"], "email": kept["email"], "until": until}
    return redirect("/status/case", 303)


def _again() -> Response:
    return redirect("/status", 303)
