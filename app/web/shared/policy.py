"""Every route says who may use it; one that does not stops the start-up (default deny).

A policy decides by role and freshness. Whether the *object* is in reach is decided by the scoped
queries below, which answer `NotFound` for foreign and unknown alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import quote

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from app.accounts.rules import Permission, is_fresh, may, roles_that_may
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor, Role
from app.kernel.errors import Forbidden
from app.web.shared.context import current_actor, services
from app.web.shared.navigation import role_names
from app.web.shared.session import own_session

View = TypeVar("View", bound=Callable[..., Any])

_MARK = "__redress_policy__"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Access(StrEnum):
    """Everybody, everybody signed in, those still setting up a second factor too, or holders of a permission."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    ENROLLING = "enrolling"
    PERMISSION = "permission"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a route demands. *on* names the kind of object its address carries, for the matrix."""

    access: Access
    permission: Permission | None = None
    on: str | None = None
    fresh: bool = False
    other: Permission | None = None

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """Any of these lets somebody in."""
        return tuple(one for one in (self.permission, self.other) if one is not None)


class PolicyMissing(RuntimeError):
    """A route was registered without saying who may use it."""


def _declare(declared: Policy) -> Callable[[View], View]:
    def mark(view: View) -> View:
        if hasattr(view, _MARK):
            raise RuntimeError(f"{view.__name__} declares its policy twice")
        setattr(view, _MARK, declared)
        return view

    return mark


def public() -> Callable[[View], View]:
    """Anybody, signed in or not. Listed by name in the checked-in matrix."""
    return _declare(Policy(Access.PUBLIC))


def signed_in(*, fresh: bool = False) -> Callable[[View], View]:
    """Anybody with a complete session, whatever the role."""
    return _declare(Policy(Access.SIGNED_IN, fresh=fresh))


def enrolling() -> Callable[[View], View]:
    """Anybody signed in, and staff who have proven a password and still need a second factor."""
    return _declare(Policy(Access.ENROLLING))


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
    return _declare(Policy(Access.PERMISSION, permission, on, fresh, other))


def policy_of(view: Callable[..., Any]) -> Policy | None:
    """The declaration of a view, or nothing."""
    found = getattr(view, _MARK, None)
    return found if isinstance(found, Policy) else None


def declared_policies(app: Flask) -> Iterator[tuple[str, Policy | None]]:
    """(endpoint, policy) of every view; Flask's own file route counts as public."""
    for endpoint, view in sorted(app.view_functions.items()):
        if endpoint == "static" or endpoint.endswith(".static"):
            yield endpoint, Policy(Access.PUBLIC)
        else:
            yield endpoint, policy_of(view)


def assert_complete(app: Flask) -> None:
    """Raise `PolicyMissing` naming every route without a declaration."""
    missing = [endpoint for endpoint, found in declared_policies(app) if found is None]
    if missing:
        raise PolicyMissing("no policy on: " + ", ".join(missing))


def enforce(app: Flask) -> None:
    """Check the policy of each request before its view runs."""

    @app.before_request
    def _check_policy() -> BaseResponse | None:
        if request.endpoint is None:
            return None
        found = dict(_policies(app)).get(request.endpoint)
        if found is None:
            raise PolicyMissing(request.endpoint)
        if found.access is Access.PUBLIC:
            return None
        return _decide(found, current_actor())


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
        return _own_face(found, actor) or _refuse(found.permissions[0])
    if found.fresh and not is_fresh(actor, services().clock.now()):
        return to_reauth()
    return None


def _refuse(permission: Permission) -> BaseResponse:
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
    """Ask for sign-in: a redirect for pages, 401 with HX-Redirect for fragments, 401 for the API."""
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
    if request.path.startswith("/api/"):
        return Response(status=401, headers={"WWW-Authenticate": "Bearer"})
    return redirect(target, 303)
