"""`redress check invariants`: the promises about data, as SQL, at any moment and in production."""

from __future__ import annotations

import json
import sys

import click

from app.cli.context import FOUND, Parts, pass_parts
from app.kernel.actor import Actor
from app.workflows.check_invariants import all_checks, check_and_note


@click.group()
def check() -> None:
    """Look for what must never be."""


@check.command("invariants")
@click.option(
    "--only", multiple=True, metavar="ID", help="Run only this invariant, for example I2."
)
@pass_parts
def invariants(parts: Parts, only: tuple[str, ...]) -> None:
    """Run every invariant; print the rows that break one. Changes nothing; a whole run is kept for the page of health.

    Exit code 8 when something is broken. Run it after a restore, an upgrade and every night.
    """
    with parts.app() as app:
        wanted = [one for one in all_checks() if not only or one.id in only]
        broken = check_and_note(
            wanted,
            Actor.system("cli:check"),
            app.extensions["redress"].clock,
            note=not only and bool(wanted),
        )
    for violation in broken:
        click.echo(f"BROKEN {violation.check.id}  {violation.check.name}")
        for row in violation.rows:
            click.echo(f"    {json.dumps(row, default=str)}")
    click.echo(f"{len(wanted) - len(broken)} of {len(wanted)} invariants hold.")
    if broken or not wanted:
        sys.exit(FOUND)
