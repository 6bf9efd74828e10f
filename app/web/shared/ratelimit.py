"""Limits per account, target and address, counted in the database; 429 says when to try again (RELIABILITY G)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import request

from app.accounts.service.limits import Rate, take
from app.infra.db.transaction import brief
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.errors import TooMany
from app.web.shared.context import current_actor, services

View = TypeVar("View", bound=Callable[..., Any])

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
SIGN_IN_ACCOUNT = Rate("signin.account", 5, _MINUTE)
SIGN_IN_ADDRESS = Rate("signin.address", 20, _MINUTE)
CODE_MAIL = Rate("signin.mail", 5, timedelta(minutes=15))
STATUS_MAIL = Rate("status.mail", 5, timedelta(minutes=15))
STATUS_PAIR = Rate("status.pair", 20, timedelta(days=1))
STATUS_ADDRESS = Rate("status.address", 30, timedelta(minutes=15))
STATUS_CODE = Rate("status.code", 5, timedelta(minutes=15))
"""Tries of one code: what the sign-in counts in its row is counted here."""
HELP_FEEDBACK = Rate("help.feedback", 20, _HOUR)
INTAKE_PERSON = Rate("intake.person", 30, _HOUR)
INTAKE_ADDRESS = Rate("intake.address", 60, _HOUR)
SEARCHES = Rate("search.person", 60, _MINUTE)
PALETTE = Rate("palette.person", 240, _MINUTE)
REPORTS = Rate("csp.address", 60, _MINUTE)


def client_address() -> str:
    """The address of the client; forwarded headers count only behind configured proxies."""
    return request.remote_addr or "unknown"


def spend(*uses: tuple[Rate, str]) -> None:
    """Count one use of each rate, committed whatever the request does next. Raises `TooMany`."""
    clock = services().clock
    with brief(Actor.system("web:limits"), lasts=False) as tx:
        wait = max(take(tx, rate, who, clock) for rate, who in uses)
    if wait:
        raise TooMany(_("Too many tries. Try again in %(seconds)s seconds.", seconds=wait), wait)


def limited(rate: Rate) -> Callable[[View], View]:
    """Decorator for a view: *rate* per signed-in person, else per address. Stands below the policy."""

    def wrap(view: View) -> View:
        @wraps(view)
        def counted(*args: Any, **values: Any) -> Any:
            person = current_actor().person_id
            spend((rate, f"person:{person}" if person else f"address:{client_address()}"))
            return view(*args, **values)

        return cast("View", counted)

    return wrap
