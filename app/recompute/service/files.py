"""Run the audit of files. One implementation for the command line, the job of a case and the API."""

from __future__ import annotations

import csv
import importlib
from collections.abc import Callable, Iterator
from typing import Any

from app.kernel.words import words as _
from app.recompute.commands import AuditFiles
from app.recompute.rules.inputs import BadInput

Engine = Callable[[AuditFiles], dict[str, Any]]
"""Writes the four outputs of a command, byte for byte as every other engine; the control figures."""
ENGINES = ("duckdb", "spark")
"""Their modules are loaded when one runs: no page needs the library."""


def audit_files(command: AuditFiles) -> dict[str, Any]:
    """Write discrepancies, totals, suspense and control; the control figures. The same files, the same bytes.

    Raises BadInput for a missing file or column, contradictory terms, an unknown engine or one that is not installed.
    """
    if command.engine not in ENGINES:
        raise BadInput(
            "engine", "unknown", _("There is no engine %(name)s here.", name=command.engine)
        )
    run: Engine = importlib.import_module(f"app.recompute.adapters.{command.engine}_engine").run
    return run(command)


def discrepancies_of(files: AuditFiles) -> Iterator[dict[str, str]]:
    """The rows of the discrepancies that an audit of *files* wrote, column by column, in their order."""
    with (files.out / "discrepancies.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
