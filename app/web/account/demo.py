"""The demo's list of sign-ins, on loopback only: who there is and what to type. No way around the gate."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, render_template

from app.accounts.service.demo import demo_sign_ins
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor, Role
from app.web.account.entry import keys
from app.web.shared.context import services
from app.web.shared.navigation import role_names
from app.web.shared.policy import public

bp = Blueprint("account_demo", __name__)


@bp.get("/signin/demo")
@public()
def sign_ins() -> str:
    """People, addresses, the demo password and the code their authenticator shows now."""
    with transaction(Actor.system("demo:signins"), read_only=True) as tx:
        rows = demo_sign_ins(tx, services().clock, keys())
    return render_template("account/signin/demo.html", rows=rows, roles_in_words=_roles)


def _roles(names: Iterable[str]) -> str:
    return role_names(Role(name) for name in names)
