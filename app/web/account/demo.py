"""The demo's list of sign-ins, on loopback only: who there is, what to type, and a button that is the way in.

The blueprint exists only where the demo runs without TLS on loopback (`routes.register`): elsewhere there is
no such address.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.accounts.service.demo import demo_person, demo_sign_ins
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor, Role
from app.web.account.entry import home_of, keys, opening, remember
from app.web.shared.context import current_actor, services
from app.web.shared.navigation import role_names
from app.web.shared.policy import public
from app.web.shared.session import sign_in
from app.web.shared.shell import GUEST

bp = Blueprint("account_demo", __name__)


@bp.get("/signin/demo")
@public()
def sign_ins() -> str:
    """People, addresses, the demo password and the code their authenticator shows now."""
    with transaction(Actor.system("demo:signins"), read_only=True) as tx:
        rows = demo_sign_ins(tx, services().clock, keys())
    return render_template("account/signin/demo.html", rows=rows, roles_in_words=_roles)


@bp.post("/signin/demo")
@public()
def enter() -> Response:
    """One click: be somebody of the demo. The session before ends; a strip on each page says who one is."""
    with transaction(Actor.system("demo:signins"), read_only=True) as tx:
        person_id = demo_person(tx, request.form.get("email", "")[:254])
    sign_in(opening(person_id))
    remember(GUEST, {"entered": "yes"})
    return redirect(home_of(current_actor()), 303)


def _roles(names: Iterable[str]) -> str:
    return role_names(Role(name) for name in names)
