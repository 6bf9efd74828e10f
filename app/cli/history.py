"""`redress history verify`: is the record of who did what unbroken?"""

from __future__ import annotations

import sys
from uuid import UUID

import click

from app.cli.context import FOUND, Parts, pass_parts
from app.history.service import verify
from app.infra.db.transaction import transaction
from app.infra.metrics import note_mark
from app.kernel.actor import Actor


@click.group()
def history() -> None:
    """The record of who did what."""


@history.command("verify")
@click.option("--case", "case_id", type=click.UUID, help="Only the chain of this case.")
@pass_parts
def verify_command(parts: Parts, case_id: UUID | None) -> None:
    """Walk every chain and seal; name the first link that was changed, left out or added.

    Reads only, but for the moment at which all of it was found whole. Exit code 8 when a link is broken.
    """
    actor = Actor.system("cli:history")
    with parts.app() as app:
        with transaction(actor, read_only=True) as tx:
            broken = verify(tx, case_id=case_id)
        if broken is None and case_id is None:
            with transaction(actor) as tx:
                note_mark(tx, "history_verified", app.extensions["redress"].clock.now())
    if broken is not None:
        click.echo(f"BROKEN {broken}")
        sys.exit(FOUND)
    click.echo("History is unbroken.")
