"""`redress catalogue`: take in a file of the distributor's catalogue, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import click

from app.catalogue.queries import counts
from app.catalogue.rules.table import COLUMNS, NEEDED
from app.catalogue.service import import_catalogue, read_import
from app.cli.context import Parts, pass_parts
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor


@click.group()
def catalogue() -> None:
    """Artists, releases, recordings and works."""


@catalogue.command(
    "import",
    help="Take in a CSV file: the whole file, or nothing and every problem with its line and column.\n\n"
    f"Columns: {', '.join(COLUMNS)}. Needed: {', '.join(NEEDED)}. Several values are parted by |.\n\n"
    "The same code, UPC or ISRC again changes what is stored; nothing is removed.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_parts
def take_in(parts: Parts, file: Path) -> None:
    """See the command's help."""
    command = read_import(file.name, file.read_bytes())
    with parts.app() as app:
        actor = Actor.system("cli:catalogue")
        with transaction(actor) as tx:
            import_catalogue(tx, command, actor, app.extensions["redress"].clock)
        with transaction(actor, read_only=True) as tx:
            now = counts(tx)
    click.echo(f"{len(command.lines)} lines taken in.")
    for thing, number in now.items():
        click.echo(f"{thing:<12} {number:>9,}")
