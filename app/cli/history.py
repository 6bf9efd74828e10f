"""`redress history verify`: is the record of who did what unbroken?"""

from __future__ import annotations

import sys
from uuid import UUID

import click

from app.cli.context import FOUND, Parts, pass_parts
from app.history.service import verify
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor


@click.group()
def history() -> None:
    """The record of who did what."""


@history.command("verify")
@click.option("--case", "case_id", type=click.UUID, help="Only the chain of this case.")
@pass_parts
def verify_command(parts: Parts, case_id: UUID | None) -> None:
    """Walk every chain and seal; name the first link that was changed, left out or added. Reads only.

    Exit code 8 when a link is broken.
    """
    with parts.app(), transaction(Actor.system("cli:history"), read_only=True) as tx:
        broken = verify(tx, case_id=case_id)
    if broken is not None:
        click.echo(f"BROKEN {broken}")
        sys.exit(FOUND)
    click.echo("History is unbroken.")
