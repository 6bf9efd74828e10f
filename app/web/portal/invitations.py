"""Who may act for the reader: asked by mail with dates and a measure, listed, ended at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import EmailField, RadioField, StringField

from app.accounts.adapters.vault import keys_from
from app.accounts.commands import InviteDelegate
from app.accounts.rules import Permission
from app.accounts.service.delegates import invite_delegate, own_delegations, take_back_invitation
from app.accounts.service.delegations import revoke_delegation
from app.cases.queries import case_by_ref
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.errors import Invalid
from app.web.portal.face import bp
from app.web.shared.answer_texts import put_errors
from app.web.shared.answers import EMAIL_MOST, Words, a_date, an_email, chosen, options
from app.web.shared.context import current_actor, services
from app.web.shared.delegation_words import CAPABILITIES, RELATIONS
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

_DAY = {"type": "date", "dir": "ltr"}


class InviteForm(FlaskForm):
    """Who, what they may do, from when until when."""

    email = EmailField(
        __("Their e-mail address"), [Words(EMAIL_MOST, required=True, multiline=False), an_email],
        render_kw={"dir": "ltr", "autocomplete": "off"},
    )  # fmt: skip
    relation = RadioField(
        __("Who are they?"), [chosen(required=True)], choices=options(RELATIONS.items()), validate_choice=False
    )  # fmt: skip
    capability = RadioField(
        __("What may they do?"), [chosen(required=True)], choices=options(CAPABILITIES.items()),
        validate_choice=False,
    )  # fmt: skip
    starts_on = StringField(
        __("From which day?"), [Words(20, required=True, multiline=False), a_date], render_kw=_DAY
    )
    ends_on = StringField(
        __("Until which day?"), [Words(20, required=True, multiline=False), a_date], render_kw=_DAY
    )

    def to_command(self, zone: str) -> InviteDelegate:
        """Days where the artist lives: from the beginning of the first to the end of the last."""
        first, last = (
            date.fromisoformat(str(day.data).strip()) for day in (self.starts_on, self.ends_on)
        )
        return InviteDelegate(
            str(self.email.data), _at(first, zone), _at(last + timedelta(days=1), zone),
            str(self.capability.data), str(self.relation.data),
        )  # fmt: skip


def _at(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _page(ref: str, form: InviteForm, *, failed: bool = False) -> str:
    return render_template("portal/cases/invite.html", ref=ref, form=form, failed=failed)


def _ref(ref: str) -> str:
    """The case's reference when it is in reach. Raises NotFound."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        return str(case_by_ref(tx, actor, ref).ref)


@bp.get("/cases/<ref>/invite")
@policy(Permission.PARTY_INVITE, on="case")
def invite(ref: str) -> str:
    """Ask who, and say what they will see."""
    today = services().clock.now().astimezone(ZoneInfo(current_actor().zone)).date()
    form = InviteForm(
        capability="act", relation="manager", starts_on=today.isoformat(),
        ends_on=(today + timedelta(days=182)).isoformat(),
    )  # fmt: skip
    return _page(_ref(ref), form)


@bp.post("/cases/<ref>/invite")
@policy(Permission.PARTY_INVITE, on="case")
@once_per_key
def send_invite(ref: str) -> Response | tuple[str, int]:
    """Mail the link. The answer is the same whether the address has an account or not."""
    known, form, actor = _ref(ref), InviteForm(), current_actor()
    if not form.validate():
        return _page(known, form, failed=True), 422
    try:
        with transaction(actor) as tx:
            links = keys_from(services().settings).links
            invite_delegate(tx, form.to_command(actor.zone), actor, services().clock, links)
    except Invalid as error:
        field = {"ends_at": "ends_on"}.get(error.field, error.field)
        put_errors(form, Invalid(field, error.code, error.message))
        return _page(known, form, failed=True), 422
    flash(
        _("The invitation is on its way. They can act once they accept it; it works for 72 hours.")
    )
    return redirect("/me/delegations", 303)


@bp.get("/me/delegations")
@policy(Permission.PARTY_INVITE)
def delegations() -> str:
    """Who may act for me, whom I asked, and for whom I may act."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        found = own_delegations(tx, actor, services().clock)
    return render_template(
        "portal/delegations.html", found=found, relations=RELATIONS, capabilities=CAPABILITIES
    )


@bp.post("/me/delegations/<uuid:delegation_id>/end")
@policy(Permission.PARTY_INVITE)
def end_delegation(delegation_id: UUID) -> Response:
    """At once: the next request of the delegate is refused (B136)."""
    return _ended(revoke_delegation, delegation_id, _("Ended. Their next request is refused."))


@bp.post("/me/invitations/<uuid:invitation_id>/end")
@policy(Permission.PARTY_INVITE)
def end_invitation(invitation_id: UUID) -> Response:
    """The mailed link stops working."""
    return _ended(take_back_invitation, invitation_id, _("Taken back. The link works no more."))


def _ended(end: Any, key: UUID, words: str) -> Response:
    actor = current_actor()
    with transaction(actor) as tx:
        end(tx, key, actor, services().clock)
    flash(words)
    return redirect("/me/delegations", 303)
