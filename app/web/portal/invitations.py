"""Somebody who may act for the artist: a co-writer or manager, by dated delegation."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import EmailField, StringField

from app.accounts.commands import Delegate
from app.accounts.queries import person_by_email
from app.accounts.rules import Permission
from app.accounts.service.delegations import grant_delegation
from app.cases.queries import case_by_ref
from app.cases.rules.views import CaseView
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound, Refused
from app.web.portal.answers import EMAIL_MOST, Words, a_date, an_email
from app.web.portal.drafts import put_errors
from app.web.portal.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy


class InviteForm(FlaskForm):
    """Who, and until when."""

    email = EmailField(
        __("Their e-mail address"), [Words(EMAIL_MOST, required=True, multiline=False), an_email],
        render_kw={"dir": "ltr", "autocomplete": "off"},
    )  # fmt: skip
    ends_on = StringField(
        __("Until which day?"),
        [Words(20, required=True, multiline=False), a_date],
        render_kw={"type": "date", "dir": "ltr"},
    )


def _page(case: CaseView, form: InviteForm, *, failed: bool = False) -> str:
    return render_template("portal/cases/invite.html", case=case, form=form, failed=failed)


def _case(ref: str) -> CaseView:
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        return case_by_ref(tx, actor, ref)


@bp.get("/cases/<ref>/invite")
@policy(Permission.PARTY_INVITE, on="case")
def invite(ref: str) -> str:
    """Ask who, and say what they will see."""
    half_year = services().clock.now().date() + timedelta(days=182)
    return _page(_case(ref), InviteForm(ends_on=half_year.isoformat()))


@bp.post("/cases/<ref>/invite")
@policy(Permission.PARTY_INVITE, on="case")
@once_per_key
def send_invite(ref: str) -> Response | tuple[str, int]:
    """Let them act. The answer is the same whether the address has an account or not."""
    case, form = _case(ref), InviteForm()
    if not form.validate():
        return _page(case, form, failed=True), 422
    try:
        _grant(form)
    except Invalid as error:
        put_errors(
            form,
            Invalid("ends_on" if error.field == "ends_at" else "email", error.code, error.message),
        )
        return _page(case, form, failed=True), 422
    except Refused as error:
        form.email.errors = [str(error.message)]
        return _page(case, form, failed=True), 422
    flash(
        _(
            "If this address has an account with us, that person can act for you now. You can end it at any time: write to us."
        )
    )
    return redirect(f"/cases/{case.ref}", 303)


def _grant(form: InviteForm) -> None:
    actor, clock = current_actor(), services().clock
    assert actor.person_id is not None
    with transaction(Actor.system("web:invite"), read_only=True) as tx:
        found = person_by_email(tx, str(form.email.data))
    if found is None:
        return
    ends = _end_of(date.fromisoformat(str(form.ends_on.data).strip()), actor.zone)
    command = Delegate(actor.person_id, found.id, clock.now(), ends)
    with transaction(actor) as tx:
        try:
            grant_delegation(tx, command, actor, clock)
        except NotFound:
            return


def _end_of(day: date, zone: str) -> datetime:
    """The end of that day where the artist lives."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
