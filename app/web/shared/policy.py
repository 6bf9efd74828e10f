"""The words with which a page says who may use it, and the check before each view (declarations: `edge.access`)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from app.accounts.rules import Permission, is_fresh, may, roles_that_may
from app.edge.access import (
    Access,
    Policy,
    PolicyMissing,
    View,
    count_denial,
    declare,
    declared_policies,
)
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor, Role
from app.kernel.errors import Forbidden
from app.web.shared.context import current_actor, services
from app.web.shared.navigation import role_names
from app.web.shared.session import own_session

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def public() -> Callable[[View], View]:
    """Anybody, signed in or not. Listed by name in the checked-in matrix."""
    return declare(Policy(Access.PUBLIC))


def signed_in(*, fresh: bool = False) -> Callable[[View], View]:
    """Anybody with a complete session, whatever the role."""
    return declare(Policy(Access.SIGNED_IN, fresh=fresh))


def enrolling() -> Callable[[View], View]:
    """Anybody signed in, and staff who have proven a password and still need a second factor."""
    return declare(Policy(Access.ENROLLING))


def policy(
    permission: Permission,
    on: str | None = None,
    *,
    fresh: bool = False,
    other: Permission | None = None,
) -> Callable[[View], View]:
    """Holders of *permission* (or of *other*, for addresses that both faces share).

    With *fresh* only within five minutes of a proof.
    """
    return declare(Policy(Access.PERMISSION, permission, on, fresh, other))


def enforce(app: Flask, *, admit: Callable[[Policy], None]) -> None:
    """Check the policy of each request before its view runs. *admit*: how the API checks one with a scope."""
    app.jinja_env.globals["may_open"] = lambda endpoint: may_open(app, endpoint, current_actor())

    @app.before_request
    def _check_policy() -> BaseResponse | None:
        if request.endpoint is None:
            return None
        found = _policies(app).get(request.endpoint)
        if found is None:
            raise PolicyMissing(request.endpoint)
        if found.access is Access.PUBLIC:
            return None
        if found.scope is not None:
            admit(found)
            return None
        return _decide(found, current_actor())


def may_open(app: Flask, endpoint: str, actor: Actor) -> bool:
    """Whether the policy of a page lets *actor* in, or to the sign-in: what a link to it asks before it is shown.

    The page itself still decides.
    """
    found = _policies(app).get(endpoint)
    if found is None:
        raise PolicyMissing(endpoint)
    if not actor.is_person:
        return True
    return not found.permissions or any(may(actor, one) for one in found.permissions)


def _policies(app: Flask) -> dict[str, Policy | None]:
    cache = app.extensions.setdefault("redress_policies", {})
    if len(cache) != len(app.view_functions):
        cache.update(declared_policies(app))
    return cache


def _decide(found: Policy, actor: Actor) -> BaseResponse | None:
    if not actor.is_person:
        half_way = own_session().enrolling_person is not None
        if half_way and found.access is Access.ENROLLING:
            return None
        return redirect("/me/security/authenticator", 303) if half_way else to_signin()
    if found.permissions and not any(may(actor, one) for one in found.permissions):
        return _own_face(found, actor) or _refuse(found.permissions[0], actor)
    if found.fresh and not is_fresh(actor, services().clock.now()):
        return to_reauth()
    return None


def _refuse(permission: Permission, actor: Actor) -> BaseResponse:
    count_denial(actor)
    roles = role_names(roles_that_may(permission))
    raise Forbidden(
        _(
            "This page is for another role: %(roles)s. Nothing was changed. An administrator or your lead can give you the role.",
            roles=roles,
        ),
        code="permission",
    )


def _own_face(found: Policy, actor: Actor) -> BaseResponse | None:
    """A link from the other face leads to the same case on one's own: whether it exists is decided there."""
    ref = (request.view_args or {}).get("ref")
    if ref is None or found.on != "case" or request.method not in {"GET", "HEAD"}:
        return None
    address = quote(str(ref), safe="")
    if actor.has(Role.AUDITOR):
        return redirect(f"/audit/cases/{address}", 303)
    if may(actor, Permission.PARTY_CASE_READ) and request.path.startswith("/desk/"):
        return redirect(f"/cases/{address}", 303)
    if may(actor, Permission.CASE_READ) and request.path.startswith("/cases/"):
        return redirect(f"/desk/cases/{address}", 303)
    return None


def own_address() -> str:
    """Where this request came from or leads to, as a path of our own: the value of `next`."""
    if request.method in _SAFE:
        return request.full_path.rstrip("?")
    return request.path if request.headers.get("HX-Request") else "/"


def to_signin() -> BaseResponse:
    """Ask for sign-in: a redirect for pages, 401 with HX-Redirect for fragments."""
    return _challenge("/signin")


def to_reauth() -> BaseResponse:
    """Ask for a fresh proof and come back."""
    return _challenge("/reauth")


def _challenge(page: str) -> BaseResponse:
    target = f"{page}?next={quote(own_address(), safe='/')}"
    if request.headers.get("HX-Request"):
        current = request.headers.get("HX-Current-URL", "")
        path = (
            "/" + current.split("/", 3)[3]
            if current.startswith(request.host_url)
            else own_address()
        )
        return Response(status=401, headers={"HX-Redirect": f"{page}?next={quote(path, safe='/')}"})
    return redirect(target, 303)
