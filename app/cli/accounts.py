"""`redress users`: the first administrator, and people when no page is at hand."""

from __future__ import annotations

import click

from app.accounts.adapters.vault import keys_from
from app.accounts.commands import CreatePerson, InviteStaff
from app.accounts.rules import needs_second_factor
from app.accounts.service.people import create_person, invite_staff
from app.cli.context import Parts, pass_parts
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor, Role


@click.group()
def users() -> None:
    """People and their roles."""


@users.command("create")
@click.argument("email")
@click.option("--name", required=True, help="How the person is shown to others.")
@click.option(
    "--role",
    "roles",
    required=True,
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="May be given several times; finance roles and admin do not go together.",
)
@click.option("--locale", default="en", show_default=True)
@click.option("--zone", default="UTC", show_default=True, help="For example Asia/Tokyo.")
@pass_parts
def create(
    parts: Parts, email: str, name: str, roles: tuple[str, ...], locale: str, zone: str
) -> None:
    """Create a person. Staff get an invitation by mail (72 hours) and set a password themselves.

    The worker sends the mail, so it must be running, now or later.
    """
    wanted = frozenset(Role(role) for role in roles)
    with parts.app() as app:
        services, actor = app.extensions["redress"], Actor.system("cli:users")
        with transaction(actor) as tx:
            if needs_second_factor(wanted):
                links = keys_from(services.settings).links
                command = InviteStaff(email, name, wanted, locale, zone)
                person_id = invite_staff(tx, command, actor, services.clock, links)
            else:
                plain = CreatePerson(email, name, wanted, locale, zone)
                person_id = create_person(tx, plain, actor, services.clock)
    click.echo(f"Created {person_id}.")
