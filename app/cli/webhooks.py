"""`redress webhooks`: made, listed, tested, sent again and rotated at the console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import click

from app.accounts.adapters.vault import keys_from
from app.accounts.queries import person_by_email
from app.cli.context import Parts, pass_parts
from app.infra.db.transaction import Tx, transaction
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.webhooks.commands import CreateEndpoint
from app.webhooks.queries import deliveries_of, endpoints_of
from app.webhooks.rules.kinds import CHOOSABLE, Kind
from app.webhooks.service.deliveries import replay, replay_failed, send_test
from app.webhooks.service.endpoints import (
    Gate,
    create_endpoint,
    remove_endpoint,
    rotate_secret,
    switch_endpoint,
)

_ACTOR = Actor.system("cli:webhooks")


@click.group()
def webhooks() -> None:
    """Programs that are told what their owner may see."""


@webhooks.command("list")
@click.option("--owner", default="", help="Only those of the person with this address.")
@pass_parts
def show(parts: Parts, owner: str) -> None:
    """Id, state, owner, address and kinds of each."""
    with parts.app(), transaction(_ACTOR, read_only=True) as tx:
        for row in endpoints_of(tx, _ACTOR, person_id=_owner(tx, owner) if owner else None):
            state = row.reason or ("failing" if row.failing_since else row.state.value)
            click.echo(f"{row.id}  {state}  {row.owner}  {row.url}  {','.join(row.kinds)}")


@webhooks.command("create")
@click.argument("email")
@click.argument("url")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([kind.value for kind in CHOOSABLE]),
    help="May be given several times; all of them when none is given.",
)
@pass_parts
def create(parts: Parts, email: str, url: str, kinds: tuple[str, ...]) -> None:
    """Tell URL what the person with EMAIL may see. Prints the id and the secret, which is shown this once."""
    wanted = frozenset(Kind(kind) for kind in kinds or CHOOSABLE)
    with _open(parts) as (tx, services):
        command = CreateEndpoint(_owner(tx, email), url, wanted)
        made = create_endpoint(tx, command, _ACTOR, services.clock, _gate(services))
    click.echo(f"{made.endpoint_id}  {made.secret}")


@webhooks.command("test")
@click.argument("webhook_id")
@pass_parts
def ping(parts: Parts, webhook_id: str) -> None:
    """Send a ping to WEBHOOK_ID; a worker does it, `log` shows how it went."""
    with _open(parts) as (tx, services):
        send_test(tx, _key(webhook_id), _ACTOR, services.clock)
    click.echo("A ping is queued.")


@webhooks.command("log")
@click.argument("webhook_id")
@pass_parts
def log(parts: Parts, webhook_id: str) -> None:
    """The newest fifty deliveries of WEBHOOK_ID: id, time, kind, state, attempts."""
    with parts.app(), transaction(_ACTOR, read_only=True) as tx:
        for row in deliveries_of(tx, _ACTOR, _key(webhook_id)).rows:
            calls = ",".join(str(one.status or one.failure) for one in row.log) or "none"
            at = f"{row.happened_at:%Y-%m-%d %H:%M:%S}"
            click.echo(f"{row.id}  {at}  {row.kind}  {row.state}  {calls}")


@webhooks.command("replay")
@click.argument("key")
@click.option(
    "--failed-since", help="KEY is a webhook: all that failed since then (ISO 8601, or `24h`)."
)
@pass_parts
def again(parts: Parts, key: str, failed_since: str | None) -> None:
    """Send the delivery KEY again; with --failed-since, everything of the webhook KEY that failed."""
    with _open(parts) as (tx, services):
        if failed_since is None:
            replay(tx, _key(key), _ACTOR, services.clock)
            count = 1
        else:
            since = _since(failed_since, services.clock.now())
            count = replay_failed(tx, _key(key), since, _ACTOR, services.clock)
    click.echo(f"{count} queued.")


@webhooks.command("rotate")
@click.argument("webhook_id")
@pass_parts
def rotate(parts: Parts, webhook_id: str) -> None:
    """A new secret for WEBHOOK_ID, shown this once. The one before signs beside it for 24 hours."""
    with _open(parts) as (tx, services):
        vault = _gate(services).vault
        made = rotate_secret(tx, _key(webhook_id), _ACTOR, services.clock, vault)
    click.echo(made.secret)


@webhooks.command("switch")
@click.argument("webhook_id")
@click.argument("state", type=click.Choice(["on", "off"]))
@pass_parts
def switch(parts: Parts, webhook_id: str, state: str) -> None:
    """Switch WEBHOOK_ID on or off."""
    with _open(parts) as (tx, services):
        switch_endpoint(tx, _key(webhook_id), _ACTOR, services.clock, on=state == "on")
    click.echo(f"It is {state}.")


@webhooks.command("remove")
@click.argument("webhook_id")
@pass_parts
def remove(parts: Parts, webhook_id: str) -> None:
    """Remove WEBHOOK_ID: it is called no more."""
    with _open(parts) as (tx, services):
        remove_endpoint(tx, _key(webhook_id), _ACTOR, services.clock)
    click.echo("Removed.")


@contextmanager
def _open(parts: Parts) -> Iterator[tuple[Tx, Any]]:
    """One transaction of the console and the ports of the application."""
    with parts.app() as app, transaction(_ACTOR) as tx:
        yield tx, app.extensions["redress"]


def _gate(services: Any) -> Gate:
    return Gate(keys_from(services.settings).fields, services.settings.webhook_loopback)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("id", "uuid", f"{text} is no id; see `redress webhooks list`") from None


def _since(text: str, now: datetime) -> datetime:
    """`2026-11-20T09:00:00Z`, or `24h` before *now*. Raises Invalid."""
    if text.endswith("h") and text[:-1].isdigit() and len(text) < 6:
        return now - timedelta(hours=int(text[:-1]))
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid(
            "failed_since", "time", f"{text} is no time such as 2026-11-20T09:00:00Z or 24h"
        )
    return found


def _owner(tx: Tx, email: str) -> UUID:
    found = person_by_email(tx, email)
    if found is None:
        raise NotFound(f"there is nobody with the address {email}")
    return found.id
