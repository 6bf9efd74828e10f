"""`redress terms`: take in a file of the terms, write them as files of the audit, name ownership conflicts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from app.cli.context import Parts, pass_parts
from app.exports.rules.cells import csv_line
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.reading.encodings import POSSIBLE
from app.kernel.reading.sources import Source
from app.kernel.reading.styles import Numbers
from app.terms.queries import write_files
from app.terms.rules.reading import Asked
from app.terms.rules.rows import Row, Table
from app.terms.service import import_terms, preview, read_file

SYSTEM = Actor.system("cli:terms")


@click.group()
def terms() -> None:
    """Commission, shares, payees, tax withheld and exchange rates."""


@terms.command("import")
@click.option(
    "--kind", type=click.Choice([one.value for one in Table]), required=True, help="Which table."
)
@click.option("--encoding", type=click.Choice(POSSIBLE), help="Where the file does not show it.")
@click.option(
    "--numbers",
    type=click.Choice([Numbers.POINT.value, Numbers.GROUPED.value, Numbers.COMMA.value]),
    help="How decimals are written, where the file does not show it.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_parts
def take_in(
    parts: Parts, kind: str, file: Path, encoding: str | None, numbers: str | None, *, dry_run: bool
) -> None:  # fmt: skip
    """Take in FILE (text or XLSX): the whole of it, or nothing and every problem with its line and column.

    Of the recordings (payees, months and currencies) that it names it says everything; others stay as they are.
    """
    asked = Asked(encoding or "", Numbers(numbers) if numbers else None)
    source = Source(file.name, lambda: file.open("rb"))
    with (
        read_file(Table(kind), source, asked=asked) as command,
        parts.app() as app,
        transaction(SYSTEM, read_only=dry_run) as tx,
    ):
        if dry_run:
            change = preview(tx, command, SYSTEM)
        else:
            change = import_terms(tx, command, SYSTEM, app.extensions["redress"].clock)
    click.echo(f"{change.begins} rows begin, {change.ends} end, {change.same} stay as they are.")
    if dry_run:
        _show("+", change.first_begins, change.begins)
        _show("-", change.first_ends, change.ends)
    if change.version is not None:
        click.echo(f"This is version {change.version} of the terms.")
    if change.unknown:
        click.echo(f"Not among the payees: {', '.join(change.unknown)}")


def _show(mark: str, rows: Sequence[Row], count: int) -> None:
    for row in rows:
        click.echo(f"{mark} {csv_line(row.cells).rstrip()}")
    if count > len(rows):
        click.echo(f"{mark} … and {count - len(rows)} more")


@terms.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--version", "number", type=click.IntRange(min=0), help="As of this version; else as of now."
)
@pass_parts
def write(parts: Parts, folder: Path, number: int | None) -> None:
    """Write deals.csv, splits.csv, payees.csv, withholding.csv and fx.csv for `redress payouts audit` into FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    with parts.app(), transaction(SYSTEM, read_only=True) as tx:
        files = write_files(tx, folder, number)
    click.echo(f"Version {files.version} of the terms written to {folder}. Digest {files.digest}")
