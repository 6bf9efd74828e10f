"""The link in an invitation to act for somebody: for its address alone, once, within 72 hours (B154)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template
from werkzeug.wrappers import Response

from app.accounts.commands import CreatePerson
from app.accounts.queries import person_by_email, person_contact
from app.accounts.rules import Permission, normal_email
from app.accounts.service import signin
from app.accounts.service.delegates import accept_delegation, invitation_behind
from app.accounts.service.people import create_person
from app.edge.limits import LINK_ADDRESS
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor, Role
from app.web.account.entry import keys, remember
from app.web.account.face import bp
from app.web.shared.context import current_actor, services
from app.web.shared.delegation_words import CAPABILITIES, RELATIONS
from app.web.shared.policy import policy, public
from app.web.shared.ratelimit import CODE_MAIL, client_address, spend

_SYSTEM = Actor.system("signin")


def _over() -> tuple[str, int]:
    message = _("This link was used, is too old, or belongs to another address. Ask for a new one.")
    return render_template("account/invitation/over.html", message=message), 410


@bp.get("/delegation/<token>")
@public()
def delegation_show(token: str) -> str | tuple[str, int]:
    """Who asks, for how long, and what may be done; nothing is accepted by opening it."""
    spend((LINK_ADDRESS, client_address()))
    shown = _shown(token[:200])
    if shown is None:
        return _over()
    return render_template("account/delegation.html", token=token[:200], **shown)


def _shown(token: str) -> dict[str, Any] | None:
    with transaction(_SYSTEM) as tx:
        row = invitation_behind(tx, token, services().clock)
        if row is None:
            return None
        return {
            "name": person_contact(tx, row.principal_id).name, "starts_at": row.starts_at, "ends_at": row.ends_at,
            "capability": CAPABILITIES[row.capability], "relation": RELATIONS[row.relation],
        }  # fmt: skip


@bp.post("/delegation/<token>/begin")
@public()
def delegation_begin(token: str) -> Response | tuple[str, int]:
    """A code goes to the address of the invitation, whoever pressed; an account is made when there is none."""
    spend((LINK_ADDRESS, client_address()))
    email = _address(token[:200])
    if email is None:
        return _over()
    spend((CODE_MAIL, email))
    with transaction(_SYSTEM) as tx:
        code_id = signin.request_code(tx, email, keys().links)
    remember("signin", {"code": str(code_id), "next": f"/delegation/{token[:200]}", "email": email})
    return redirect("/signin/code", 303)


def _address(token: str) -> str | None:
    """Where the invitation went, with an account behind it; None for a link that is over."""
    clock = services().clock
    with transaction(_SYSTEM) as tx:
        row = invitation_behind(tx, token, clock)
        if row is None:
            return None
        email = normal_email(row.email)
        if person_by_email(tx, email) is None:
            name = email.partition("@")[0]
            create_person(tx, CreatePerson(email, name, frozenset({Role.ARTIST})), _SYSTEM, clock)
        return email


@bp.post("/delegation/<token>")
@policy(Permission.PARTY_INVITE)
def delegation_accept(token: str) -> Response | tuple[str, int]:
    """Accept. For another address the answer is that of an old link, and the one who asked is told."""
    actor = current_actor()
    spend((LINK_ADDRESS, client_address()))
    with transaction(actor) as tx:
        accepted = accept_delegation(tx, token[:200], actor, services().clock)
    if accepted is None:
        return _over()
    flash(_("You can act for them now. Everything you do carries your own name."))
    return redirect("/cases", 303)
