"""Mails that failed or may not have arrived, and addresses that are mailed no more: looked at, and tried again by a lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, redirect, render_template

from app.accounts.rules import Permission, may
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.notifications.queries import mails_to_check, recent_bounces, suppressed_addresses
from app.notifications.rules import BounceKind, MailState
from app.notifications.service.again import send_again
from app.notifications.service.suppression import lift_suppression
from app.web.desk.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.notice_words import KIND_NAMES
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

WHY: dict[str, Any] = {
    "sender_lost": __("The sender stopped while sending: it may have arrived."),
    "cut_after_content": __("The line was cut after the text: it may have arrived."),
    "suppressed": __("The address refused mail before."),
    "too_late": __("What it was about had passed."),
    "no_longer_told": __("The recipient has nothing to do with the case any more."),
}
"""Stable slugs of failures in words; others stand as they are."""
_CAME_BACK = "bounced_"

BOUNCES: dict[BounceKind, Any] = {
    BounceKind.HARD: __("The address is dead"),
    BounceKind.CONTENT: __("This mail was not taken"),
    BounceKind.SOFT: __("Not yet"),
}


@bp.get("/desk/mails")
@policy(Permission.JOB_READ)
def mails_list() -> ResponseReturnValue:
    """The newest fifty of each; addresses only for who works cases (the walls give an administrator none)."""
    actor = current_actor()
    with transaction(actor, read_only=True) as tx:
        mails = mails_to_check(tx, actor)
        addresses = suppressed_addresses(tx) if actor.is_staff else ()
        bounces = recent_bounces(tx, actor) if actor.is_staff else ()
    rows = [
        (row, str(KIND_NAMES.get(row.kind, row.kind.value)), _why(row.error), row.state is MailState.UNKNOWN)
        for row in mails
    ]  # fmt: skip
    return render_template(
        "desk/jobs/mails.html", mails=rows, addresses=addresses,
        bounces=[(one, str(KIND_NAMES.get(one.mail_kind, one.mail_kind.value)), str(BOUNCES[one.kind])) for one in bounces], works_cases=actor.is_staff,
        can_retry=may(actor, Permission.JOB_RETRY) and actor.is_staff,
    )  # fmt: skip


def _why(error: str) -> str:
    """A failure in words; what came back with the status that the other server gave (RFC 3463)."""
    if error.startswith(_CAME_BACK):
        return _("It came back (%(status)s).", status=error.removeprefix(_CAME_BACK))
    return str(WHY.get(error, error))


@bp.post("/desk/mails/<uuid:mail_id>/again")
@policy(Permission.JOB_RETRY, on="mail")
def mails_again(mail_id: UUID) -> ResponseReturnValue:
    """Send it again, once."""
    actor = current_actor()
    with transaction(actor) as tx:
        send_again(tx, mail_id, actor, services().clock)
    flash(_("The mail is queued again."), "ok")
    return redirect("/desk/mails", 303)


@bp.post("/desk/mails/addresses/<uuid:address_id>/allow")
@policy(Permission.JOB_RETRY, on="address")
def mails_allow(address_id: UUID) -> ResponseReturnValue:
    """Mail an address again."""
    actor = current_actor()
    with transaction(actor) as tx:
        lift_suppression(tx, address_id, actor, services().clock)
    flash(_("The address is mailed again."), "ok")
    return redirect("/desk/mails", 303)
