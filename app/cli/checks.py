"""`redress check invariants`: the promises about data, as SQL, at any moment and in production."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import click

from app.cli.context import FOUND, Parts, pass_parts
from app.infra.checks import Check, run_checks
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor

ROOMS = Path(__file__).resolve().parents[1]


def all_checks() -> list[Check]:
    """CHECKS of every room that has some."""
    found: list[Check] = []
    for path in sorted(ROOMS.glob("*/checks.py")):
        if path.parent.name not in ("infra", "cli"):
            found += importlib.import_module(f"app.{path.parent.name}.checks").CHECKS
    return found


@click.group()
def check() -> None:
    """Look for what must never be."""


@check.command("invariants")
@click.option(
    "--only", multiple=True, metavar="ID", help="Run only this invariant, for example I2."
)
@pass_parts
def invariants(parts: Parts, only: tuple[str, ...]) -> None:
    """Run every invariant; print the rows that break one. Reads only.

    Exit code 8 when something is broken. Run it after a restore, an upgrade and every night.
    """
    with parts.app():
        wanted = [one for one in all_checks() if not only or one.id in only]
        with transaction(Actor.system("cli:check"), read_only=True) as tx:
            broken = run_checks(tx, wanted)
    for violation in broken:
        click.echo(f"BROKEN {violation.check.id}  {violation.check.name}")
        for row in violation.rows:
            click.echo(f"    {json.dumps(row, default=str)}")
    click.echo(f"{len(wanted) - len(broken)} of {len(wanted)} invariants hold.")
    if broken or not wanted:
        sys.exit(FOUND)
