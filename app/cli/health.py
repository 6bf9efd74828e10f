"""`redress health`: the questions of /readyz, with reasons."""

from __future__ import annotations

import sys

import click

from app.cli.context import FOUND, Parts, pass_parts
from app.infra.readiness import answers


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
