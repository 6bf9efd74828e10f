"""Run the audit of files. One implementation for the command line, the job of a case and the API."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.kernel.words import words as _
from app.recompute.adapters import duckdb_engine, spark_engine
from app.recompute.commands import AuditFiles
from app.recompute.rules.inputs import BadInput

Engine = Callable[[AuditFiles], dict[str, Any]]
"""Writes the four outputs of a command, byte for byte as every other engine; the control figures."""
ENGINES: Mapping[str, Engine] = {"duckdb": duckdb_engine.run, "spark": spark_engine.run}


def audit_files(command: AuditFiles) -> dict[str, Any]:
    """Write discrepancies, totals, suspense and control; the control figures. The same files, the same bytes.

    Raises BadInput for a missing file or column, contradictory terms, an unknown engine or one that is not installed.
    """
    run = ENGINES.get(command.engine)
    if run is None:
        raise BadInput(
            "engine", "unknown", _("There is no engine %(name)s here.", name=command.engine)
        )
    return run(command)


def discrepancies_of(files: AuditFiles) -> Iterator[dict[str, str]]:
    """The rows of the discrepancies that an audit of *files* wrote, column by column, in their order."""
    with (files.out / "discrepancies.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
