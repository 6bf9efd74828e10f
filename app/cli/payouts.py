"""`redress payouts`: the payout audit on plain files; it needs no database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.recompute.commands import AuditFiles
from app.recompute.rules.inputs import BadInput
from app.recompute.service import ENGINES, audit_files

FILE = click.Path(path_type=Path)
BAD_INPUT = 2


@click.group()
def payouts() -> None:
    """What should have been paid, what was, and why they differ."""


@payouts.command("audit")
@click.option(
    "--sales",
    type=FILE,
    multiple=True,
    required=True,
    help="What stores reported. May be repeated.",
)
@click.option(
    "--deals", type=FILE, required=True, help="The commission per recording, or * for all."
)
@click.option("--splits", type=FILE, required=True, help="Who has which share, where and when.")
@click.option("--payees", type=FILE, required=True, help="The currency of each payee.")
@click.option(
    "--withholding", type=FILE, required=True, help="Tax withheld per payee and territory."
)
@click.option("--fx", type=FILE, required=True, help="Exchange rates by statement month.")
@click.option(
    "--paid", type=FILE, multiple=True, required=True, help="What statements said. May be repeated."
)
@click.option("--out", type=FILE, required=True, help="Folder for the four outputs.")
@click.option("--payee", multiple=True, help="Show only this payee's discrepancies and totals.")
@click.option(
    "--engine",
    type=click.Choice(sorted(ENGINES)),
    default="duckdb",
    show_default=True,
    help="spark: on many machines; needs redress[distributed] and Java 17.",
)
@click.option("--strict", is_flag=True, help="End with status 2 when a row was malformed.")
def audit(strict: bool, payee: tuple[str, ...], **given: object) -> None:  # noqa: FBT001
    """Write discrepancies.csv, totals.csv, suspense.csv and control.json into --out.

    Inputs are CSV with a header, or Parquet with the same columns. The same inputs give the same bytes.
    Exit codes: 0 done, 2 wrong input (one line says what; nothing is written) or, with --strict, a malformed row.
    """
    command = AuditFiles(payees_only=payee, **given)  # type: ignore[arg-type]
    try:
        control = audit_files(command)
    except BadInput as error:
        click.echo(str(error.message), err=True)
        sys.exit(BAD_INPUT)
    problems = len(control["problems"])
    click.echo(
        f"{control['lines_read']} lines, {control['cells']} cells, {control['discrepancies']} discrepancies, "
        f"{problems} malformed values. Written to {command.out}."
    )
    if strict and problems:
        sys.exit(BAD_INPUT)
