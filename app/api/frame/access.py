"""Bearer tokens: who stands behind one, whether it may be used for this, and how often (RELIABILITY F, B159, B160)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from flask import g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from app.accounts.rules import PROVEN_SCOPES, Permission, Scope, may
from app.accounts.service.limits import Rate, take
from app.accounts.service.tokens import Bearer, bearer_of
from app.api.frame.context import services
from app.edge.access import Access, Policy, View, count_denial, declare
from app.infra.db.transaction import brief
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, TooMany

CALLS = Rate("api.token", 600, timedelta(minutes=1))
"""Calls of one token."""
MISSES = Rate("api.address", 60, timedelta(minutes=1))
"""Calls of one address without a good token: nobody guesses 256 bits, but nobody should try for free."""
_SYSTEM = Actor.system("api:token")
_FORM = re.compile(r"[Bb]earer +(rdt_[A-Za-z0-9_-]{43})")


def needs(
    scope: Scope,
    permission: Permission,
    *,
    other: Permission | None = None,
    on: str | None = None,
) -> Callable[[View], View]:
    """Tokens with *scope* of holders of *permission* (or of *other*: parties and staff share addresses here)."""
    return declare(Policy(Access.PERMISSION, permission, on, other=other, scope=scope))


def open_to_all() -> Callable[[View], View]:
    """Anybody, without a token."""
    return declare(Policy(Access.PUBLIC))


def admit(found: Policy) -> None:
    """Let the bearer in or say why not. Raises `Unauthorized`, `TooMany`, `Forbidden`.

    The cookie of a browser is never looked at, and a token in the address is none.
    """
    known = _bearer()
    g.actor = known.actor
    if found.scope not in known.scopes:
        words = _("This token is not for that. It needs the scope %(scope)s.", scope=found.scope)
        count_denial(known.actor)
        raise Forbidden(words, code="scope")
    if found.scope in PROVEN_SCOPES:
        g.actor = replace(known.actor, proven_at=known.proven_at)
    if not any(may(known.actor, one) for one in found.permissions):
        words = _("The person behind this token may not do that.")
        count_denial(known.actor)
        raise Forbidden(words, code="permission")


def _bearer() -> Bearer:
    """Who asks, counted; one transaction of the house."""
    secret = _FORM.fullmatch(request.headers.get("Authorization", ""))
    clock = services().clock
    with brief(_SYSTEM, lasts=False) as tx:
        known = bearer_of(tx, secret[1], CALLS, clock) if secret else None
        wait = known.wait if known else take(tx, MISSES, request.remote_addr or "unknown", clock)
    if wait:
        raise _too_many(wait)
    if known is None:
        realm = WWWAuthenticate("bearer", {"realm": "redress"})
        raise Unauthorized(www_authenticate=realm)
    return known


def spend(rate: Rate, who: str) -> None:
    """Count one use of a rate that pages and API share, committed whatever follows. Raises `TooMany`."""
    with brief(_SYSTEM, lasts=False) as tx:
        wait = take(tx, rate, who, services().clock)
    if wait:
        raise _too_many(wait)


def _too_many(wait: int) -> TooMany:
    return TooMany(_("Too many calls. Try again in %(seconds)s seconds.", seconds=wait), wait)
