"""Endpoints made through the service, and the port through which tests reach their own receiver."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.accounts.adapters.vault import keys_from
from app.infra.db.transaction import transaction
from app.infra.egress import Egress
from app.infra.egress.client import Limits
from app.kernel.actor import Actor
from app.webhooks.commands import CreateEndpoint
from app.webhooks.rules.kinds import CHOOSABLE, Kind
from app.webhooks.service.endpoints import Gate, NewSecret, create_endpoint
from tests.factories.accounts import TestPerson


def gate_of(app: Any, *, loopback: bool = True) -> Gate:
    """The key of the running application."""
    return Gate(keys_from(app.extensions["redress"].settings).fields, loopback)


def make_endpoint(
    app: Any, person: TestPerson, url: str, *kinds: Kind, actor: Actor | None = None
) -> NewSecret:
    """An endpoint of *person* for every kind unless some are named, committed at once."""
    asker = actor or person.actor
    command = CreateEndpoint(person.id, url, frozenset(kinds or CHOOSABLE))
    with transaction(asker) as tx:
        return create_endpoint(tx, command, asker, app.extensions["redress"].clock, gate_of(app))


@contextlib.contextmanager
def calling_loopback(app: Any) -> Iterator[None]:
    """Within the block the application may call this machine."""
    before = app.extensions["redress"]
    settings = replace(before.settings, webhook_loopback=True)
    egress = Egress(loopback=True, limits=Limits(connect=20, total=40))
    app.extensions["redress"] = replace(before, egress=egress, settings=settings)
    try:
        yield
    finally:
        app.extensions["redress"] = replace(
            app.extensions["redress"], egress=before.egress, settings=before.settings
        )
