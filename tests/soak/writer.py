"""A client under fire: does one piece of work after the other and prints it only once it is acknowledged.

python -m tests.soak.writer invite NUMBER --run START
"""

from __future__ import annotations

import os
import sys
import time
from itertools import count
from typing import Any

from app.accounts.adapters.vault import keys_from
from app.accounts.commands import InviteStaff
from app.accounts.service.people import invite_staff
from app.factory import create_rooms
from app.infra.db.transaction import in_transaction
from app.kernel.actor import Actor, Role
from app.kernel.errors import Invalid, Unavailable
from config import Settings

ACTOR = Actor.system("soak:writer")
PATIENCE = 120.0


def invite(services: Any, name: str) -> None:
    """A person, roles, history, an event and its mail in one transaction. The address is the key of a retry."""
    links = keys_from(services.settings).links
    command = InviteStaff(f"{name}@soak.example", name, frozenset({Role.AGENT}))
    try:
        in_transaction(ACTOR, lambda tx: invite_staff(tx, command, ACTOR, services.clock, links))
    except Invalid as known:
        if known.code != "email_taken":
            raise


def until_done(work: Any, name: str) -> None:
    """Try again while the database is away, as a client with a key does."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            work(name)
        except Unavailable:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def main(kind: str, number: str, start: str) -> None:
    """Until killed."""
    assert kind == "invite"
    app = create_rooms(Settings.from_env(os.environ))
    with app.app_context():
        services = app.extensions["redress"]
        for step in count():
            name = f"w{number}.r{start}.{step}"
            until_done(lambda one: invite(services, one), name)
            print(name, flush=True)
            time.sleep(0.15)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[4])
