"""`redress statements`: what a file is, take it in, and its lines for the payout audit."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from app.cli.context import Parts, pass_parts
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.reading.encodings import POSSIBLE
from app.kernel.reading.styles import Days, Numbers
from app.statements.formats import CORRECTED, PROFILES
from app.statements.formats.sales import write_sales
from app.statements.queries import (
    import_by_hash,
    matched_isrcs,
    own_profiles,
    parts_before,
    parts_of_month,
)
from app.statements.rules.lines import Line
from app.statements.rules.profile import Profile
from app.statements.rules.reading import Asked
from app.statements.service.fetching import fetch_parts
from app.statements.service.imports import import_statement, refuse_known
from app.statements.service.keeping import keep
from app.statements.service.matching import unmatched_in
from app.statements.service.preparing import Prepared, lines_of, prepare, sha256_of_file

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SHOWN = 3
"""Lines of a file that are shown."""


def asking(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options with which a person says what a file does not."""
    for option in (
        click.option("--totals-reason", default="", help="Why the lines need not add up to the file's totals."),
        click.option("--days", type=click.Choice([one.value for one in Days if one]), help="Of 05/04/2026."),
        click.option("--numbers", type=click.Choice([one.value for one in Numbers]), help="How it writes them."),
        click.option("--currency", default="", help="Of the amounts, where nothing says it: EUR."),
        click.option("--month", default="", help="The statement month, where nothing says it: 2026-03."),
        click.option("--encoding", type=click.Choice(POSSIBLE), help="Where it is not clear."),
        click.option("--format", "format_", default="", help="A format or version of `statements formats`."),
    ):  # fmt: skip
        command = option(command)
    return command


def asked_of(given: dict[str, Any]) -> Asked:
    """What the options say."""
    return Asked(
        format=given["format_"],
        encoding=given["encoding"] or "",
        month=given["month"],
        currency=given["currency"].upper(),
        numbers=Numbers(given["numbers"]) if given["numbers"] else None,
        days=Days(given["days"] or ""),
        totals_reason=given["totals_reason"],
    )


@click.group()
def statements() -> None:
    """Statements and sales reports of stores, distributors and societies."""


@statements.command("formats")
def formats() -> None:
    """List the formats that are known."""
    for profile in PROFILES:
        click.echo(f"{profile.id:<32} {profile.title}")


@statements.command("recognise")
@click.argument("file", type=FILE)
@asking
def recognise(file: Path, **given: Any) -> None:
    """Say which format FILE is and what it holds; nothing is stored, no database is needed.

    Exit codes: 0 it can be imported, 2 it cannot (every problem with its line and column).
    """
    reading, lines = lines_of(file, asked_of(given))
    first: list[Line] = []
    for line in lines:
        if len(first) < SHOWN:
            first.append(line)
    for name in dict.fromkeys(reading.formats):
        click.echo(f"format       {name}")
    for line in first:
        click.echo(
            f"line {line.number:<7} {line.statement_month} {line.sale_month} {line.store} {line.territory} "
            f"{line.isrc or '-'} {line.title!r} {line.amount:f} {line.currency}"
        )
    for note in reading.notes:
        click.echo(
            f"note         {note.file} line {note.line}: {note.text} {note.value} ({note.count}×)"
        )
    for problem in reading.problems:
        place = f"{problem.file} line {problem.line} {problem.column}".rstrip()
        click.echo(f"{place}: {problem.reason} {problem.value}".rstrip(), err=True)
    if reading.problems:
        sys.exit(2)
    _totals(reading.sums.lines, reading.sums.by_currency)


@statements.command("import")
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--again", default="", help="Why lines that were imported before are taken again.")
@asking
@pass_parts
def take_in(parts: Parts, files: tuple[Path, ...], again: str, **given: Any) -> None:
    """Take in FILES, each wholly or not at all. The same file again changes nothing.

    A problem names file, line and column; files before it stay imported. Exit codes as everywhere.
    """
    asked = asked_of(given)
    with parts.app(store=True) as app:
        ports = app.extensions["redress"]
        actor = Actor.system("cli:statements")
        for file in files:
            with transaction(actor, read_only=True) as tx:
                known = import_by_hash(tx, sha256_of_file(file))
            if known is not None:
                click.echo(
                    f"{file.name}: imported already on {known.at:%Y-%m-%d}, nothing was changed."
                )
                continue
            with transaction(actor, read_only=True) as tx:
                own = own_profiles(tx)
            with _prepared(file, asked, own) as (prepared, folder):
                with transaction(actor, read_only=True) as tx:
                    refuse_known(tx, prepared.sha256, prepared.parts, again=again)
                    unmatched = unmatched_in(tx, prepared.parts, folder, actor)
                command = keep(
                    ports.storage, prepared, ports.clock, again=again, unmatched=unmatched
                )
                with transaction(actor) as tx:
                    import_statement(tx, command, actor, ports.clock)
            for part in prepared.parts:
                click.echo(f"{part.source} {part.statement_month}:")
                _totals(part.line_count, part.sums)
            click.echo(f"{file.name}: {prepared.line_count:,} lines taken in.")
            if unmatched:
                click.echo(
                    f"{sum(one.line_count for one in unmatched):,} of them name no recording of the catalogue."
                )


@statements.command("convert")
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write.",
)
@asking
def convert(files: tuple[Path, ...], out: Path, **given: Any) -> None:
    """Write the lines of FILES as the sales of `redress payouts audit`; no database is needed.

    Nothing is written when one of the files has a problem.
    """
    asked = asked_of(given)
    with tempfile.TemporaryDirectory(dir=out.resolve().parent, prefix=".statements-") as name:
        folder, found = Path(name), []
        for number, file in enumerate(files):
            own = folder / f"{number:06d}"
            own.mkdir()
            found += [part.path for part in prepare(file, own, asked, _progress(file)).parts]
        written = folder / "sales.csv"
        count = write_sales(found, written)
        shutil.move(written, out)
    click.echo(f"{count:,} lines written to {out}.")


@statements.command("sales")
@click.argument("month")
@click.option("--source", default="", help="Only of this source.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write.",
)
@pass_parts
def sales(parts: Parts, month: str, source: str, out: Path) -> None:
    """Write what was imported for statement MONTH (2026-03) as the sales of `redress payouts audit`."""
    with (
        parts.app(store=True) as app,
        tempfile.TemporaryDirectory(dir=out.resolve().parent) as name,
    ):
        with transaction(Actor.system("cli:statements"), read_only=True) as tx:
            rows = parts_of_month(tx, month, source)
            if not rows:
                raise NotFound(f"Nothing was imported for {month}.")
            before, matches = parts_before(tx, rows, CORRECTED), matched_isrcs(tx)
        storage, folder = app.extensions["redress"].storage, Path(name)
        earlier = fetch_parts(storage, before, folder, "before")
        found = fetch_parts(storage, rows, folder, "found")
        count = write_sales(found, out, earlier=earlier, matches=matches)
    click.echo(f"{count:,} lines written to {out}.")


@contextmanager
def _prepared(
    file: Path, asked: Asked, own: tuple[Profile, ...]
) -> Iterator[tuple[Prepared, Path]]:
    with tempfile.TemporaryDirectory(prefix="statements-") as folder:
        yield prepare(file, Path(folder), asked, _progress(file), own), Path(folder)


def _progress(file: Path) -> Callable[[int, int], None] | None:
    """On a terminal: lines done, lines a second, seconds left."""
    if not sys.stderr.isatty():
        return None
    began, size = time.monotonic(), max(file.stat().st_size, 1)

    def say(lines: int, place: int) -> None:
        took = max(time.monotonic() - began, 0.001)
        left = f", {took * (size - place) / place:,.0f} s left" if place else ""
        click.echo(
            f"\r{file.name}: {lines:,} lines, {lines / took:,.0f} a second{left}   ",
            nl=False,
            err=True,
        )

    return say


def _totals(lines: int, sums: dict[str, Any]) -> None:
    click.echo(f"lines        {lines:,}")
    for currency, amount in sorted(sums.items()):
        click.echo(f"sum          {amount:f} {currency}")
