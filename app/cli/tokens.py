"""`redress tokens`: bearer tokens for the API, made, listed and taken back at the console."""

from __future__ import annotations

from uuid import UUID

import click

from app.accounts.commands import CreateToken
from app.accounts.queries import PersonContact, person_by_email
from app.accounts.rules import PROVEN_SCOPES, TOKEN_DAYS_MOST, Scope
from app.accounts.service.demo import DEMO_API_PERSON
from app.accounts.service.tokens import create_token, revoke_token, tokens_of
from app.cli.context import Parts, pass_parts
from app.infra.db.transaction import Tx, transaction
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound, Refused

_ACTOR = Actor.system("cli:tokens")


@click.group()
def tokens() -> None:
    """Bearer tokens for the API."""


@tokens.command("create")
@click.argument("email", required=False)
@click.option("--name", default="console", show_default=True, help="What the owner calls it.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope if scope not in PROVEN_SCOPES]),
    help="May be given several times; all of these when none is given. What needs a fresh code is made on the page.",
)
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, TOKEN_DAYS_MOST))
@click.option("--demo", is_flag=True, help="For the demo data: a token of its first artist.")
@pass_parts
def create(
    parts: Parts, email: str | None, name: str, scopes: tuple[str, ...], days: int, *, demo: bool
) -> None:
    """Make a token that acts as the person with EMAIL, and print it. It is shown this once.

    What the person may not do, no token of theirs can do either.
    """
    wanted = frozenset(Scope(scope) for scope in scopes or set(Scope) - PROVEN_SCOPES)
    with parts.app() as app:
        services = app.extensions["redress"]
        if demo and not services.settings.demo:
            raise Refused(
                "no_demo", "This installation has no demo data (REDRESS_DEMO is not true)."
            )
        with transaction(_ACTOR) as tx:
            owner = _owner(tx, DEMO_API_PERSON if demo else email)
            command = CreateToken(owner.id, name, wanted, days)
            made = create_token(tx, command, _ACTOR, services.clock)
    click.echo(made.secret)


@tokens.command("list")
@click.argument("email")
@pass_parts
def show(parts: Parts, email: str) -> None:
    """The live tokens of the person with EMAIL: id, first characters, end, last use, scopes, name."""
    with parts.app() as app:
        clock = app.extensions["redress"].clock
        with transaction(_ACTOR, read_only=True) as tx:
            for row in tokens_of(tx, _owner(tx, email).id, clock):
                used = f"{row.last_used_at:%Y-%m-%d %H:%M}" if row.last_used_at else "never"
                ends = f"{row.expires_at:%Y-%m-%d}"
                click.echo(
                    f"{row.id}  {row.prefix}…  {ends}  {used}  {','.join(row.scopes)}  {row.name}"
                )


@tokens.command("revoke")
@click.argument("token_id")
@pass_parts
def revoke(parts: Parts, token_id: str) -> None:
    """Take back the token with TOKEN_ID (see `list`): its next request is refused."""
    try:
        key = UUID(token_id)
    except ValueError:
        raise Invalid("token_id", "uuid", f"{token_id} is no id of a token") from None
    with parts.app() as app, transaction(_ACTOR) as tx:
        revoke_token(tx, key, _ACTOR, app.extensions["redress"].clock)
    click.echo("Taken back.")


def _owner(tx: Tx, email: str | None) -> PersonContact:
    """The person. Raises `Invalid` without an address, `NotFound` for an unknown one."""
    if not email:
        raise Invalid("email", "required", "give the e-mail address of the person, or --demo")
    found = person_by_email(tx, email)
    if found is None:
        raise NotFound(f"there is nobody with the address {email}")
    return found
