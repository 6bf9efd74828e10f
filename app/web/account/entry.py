"""What every way in shares: where to go afterwards, what a browser is called, fields that people type."""

from __future__ import annotations

import ipaddress
import re
from uuid import UUID

from flask import request, session
from wtforms import HiddenField

from app.accounts.adapters.vault import Keys, keys_from
from app.accounts.commands import OpenSession
from app.accounts.rules import Permission, may, own_path
from app.kernel.actor import Actor, Role
from app.web.shared.context import services
from app.web.shared.ratelimit import client_address

_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def keys() -> Keys:
    """The keys of this installation."""
    return keys_from(services().settings)


def home_of(actor: Actor) -> str:
    """The first page of somebody who just came in."""
    if may(actor, Permission.CORRECTION_APPROVE) or actor.roles == {Role.FINANCE_PREPARER}:
        return "/finance/corrections"
    if may(actor, Permission.CASE_LIST):
        return "/desk"
    if may(actor, Permission.PEOPLE_MANAGE):
        return "/admin/people"
    return "/audit/cases" if may(actor, Permission.AUDIT_READ) else "/cases"


def wanted_next() -> str:
    """The page asked for before sign-in, when it is one of ours."""
    given = request.values.get("next", "")
    return own_path(given) if given else ""


def destination(actor: Actor, asked: str) -> str:
    """Where to go after a proof: the page asked for, else home."""
    target = own_path(asked) if asked else "/"
    return home_of(actor) if target == "/" else target


def opening(person_id: UUID, *, enrolling: bool = False) -> OpenSession:
    """A session for *person_id* in the browser of this request."""
    return OpenSession(person_id, enrolling, _device(), _ip())


def _device() -> str:
    agent = request.headers.get("User-Agent", "")[:400]
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(part for part in (browser, system) if part)


def _ip() -> str | None:
    try:
        return str(ipaddress.ip_address(client_address()))
    except ValueError:
        return None


def remember(name: str, value: dict[str, str]) -> None:
    """Keep small values of a sign-in under way in the session of this browser."""
    session[name] = value


def recall(name: str) -> dict[str, str]:
    """What `remember` kept, or nothing."""
    kept = session.get(name)
    return kept if isinstance(kept, dict) else {}


def next_field() -> HiddenField:
    """The page to go to afterwards."""
    return HiddenField("")


def plain_code(text: str | None) -> str:
    """Digits without spaces."""
    return re.sub(r"\s", "", text or "")
