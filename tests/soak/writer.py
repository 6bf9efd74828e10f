"""A client under fire: does one piece of work after the other and prints it only once it is acknowledged.

python -m tests.soak.writer invite|file NUMBER --run START
"""

from __future__ import annotations

import http.client
import os
import sys
import time
from collections.abc import Callable
from itertools import count
from typing import Any
from urllib.parse import urlencode

from app.accounts.adapters.vault import keys_from
from app.accounts.commands import InviteStaff
from app.accounts.service.people import invite_staff
from app.factory import create_app, create_rooms
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor, Role
from app.kernel.errors import Invalid, Unavailable
from config import Settings

ACTOR = Actor.system("soak:writer")
PATIENCE = 240.0
FORM = {"about": "payout", "asked": "sub_kind", "sub_kind": "missing_earnings"}

Work = Callable[[str], str]


class NotYet(Exception):
    """Cut off, or told to come back: the same request with the same key may be sent again."""


def inviting() -> Work:
    """A person, roles, history, an event and its mail in one transaction. The address is the key of a retry."""
    app = create_rooms(Settings.from_env(os.environ))
    app.app_context().push()
    services = app.extensions["redress"]
    links = keys_from(services.settings).links

    def work(name: str) -> str:
        command = InviteStaff(f"{name}@soak.example", name, frozenset({Role.AGENT}))
        try:
            with transaction(ACTOR) as tx:
                invite_staff(tx, command, ACTOR, services.clock, links)
        except Invalid as known:
            if known.code != "email_taken":
                raise
        return name

    return work


class _Jar:
    """What `sign_in` of the factories needs of a client; keeps the cookie and the headers."""

    def __init__(self, app: Any) -> None:
        self.application = app
        self.environ_base: dict[str, str] = {}
        self.cookie = ""

    def set_cookie(self, name: str, value: str, path: str) -> None:
        """Keep it."""
        del path
        self.cookie = f"{name}={value}"


def filing(label: str) -> Work:
    """An artist starts a draft over real HTTP, with an idempotency key per draft."""
    from tests.factories.accounts import make_person, sign_in

    app = create_app(Settings.from_env(os.environ))
    jar = _Jar(app)
    with app.app_context():
        artist = make_person(label, email=f"{label}@soak.example", name=label)
        token = sign_in(jar, artist)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": jar.cookie,
        "X-CSRFToken": token,
        "Sec-Fetch-Site": "same-origin",
        "Host": f"localhost:{os.environ['PORT']}",
    }

    def work(name: str) -> str:
        body = urlencode(FORM | {"idempotency_key": name})
        line = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]), timeout=30)
        try:
            line.request("POST", "/cases/new", body, headers)
            answer = line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as cut:
            raise NotYet from cut
        finally:
            line.close()
        if answer.status in (409, 429, 502, 503):
            raise NotYet
        where = answer.headers.get("Location", "")
        assert answer.status == 303, answer.status
        assert where.endswith("/which"), where
        return f"{name} {where.split('/')[-2]}"

    return work


def until_done(work: Work, name: str) -> str:
    """Try again while something is away, as a client with a key does."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return work(name)
        except (Unavailable, NotYet):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def main() -> None:
    """Until killed."""
    _program, kind, number, _run, start = sys.argv
    label = f"w{number}.r{start}"
    work = inviting() if kind == "invite" else filing(label)
    for step in count():
        print(until_done(work, f"{label}.{step}"), flush=True)
        time.sleep(0.15)


if __name__ == "__main__":
    main()
