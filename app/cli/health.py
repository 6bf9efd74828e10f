"""`redress health` and `redress mark`: the questions of /readyz with reasons, and what operators did outside."""

from __future__ import annotations

import sys

import click

from app.cli.context import FOUND, Parts, pass_parts
from app.infra.db.transaction import transaction
from app.infra.metrics import MARKS, note_mark
from app.infra.readiness import answers
from app.kernel.actor import Actor


@click.command()
@pass_parts
def health(parts: Parts) -> None:
    """Ask what /readyz asks and print each answer: database, migrations, role, durability, queue, clock, store, signer.

    Exit code 8 when one of them is not well.
    """
    with parts.app(store=True) as app:
        found = answers(app.extensions["redress"])
    for one in found:
        click.echo(f"{one.name:<12} {one.problem or 'well'}")
    if any(one.problem and not one.is_note for one in found):
        sys.exit(FOUND)


@click.command()
@click.argument("what", type=click.Choice(MARKS[:2]))
@pass_parts
def mark(parts: Parts, what: str) -> None:
    """Note that a backup, or a drill of restoring one, was finished just now: /metrics tells its age.

    Call it at the end of the script that does it, when it went well.
    """
    with parts.app() as app, transaction(Actor.system("cli:mark")) as tx:
        note_mark(tx, what, app.extensions["redress"].clock.now())
    click.echo(f"Noted: {what}.")
