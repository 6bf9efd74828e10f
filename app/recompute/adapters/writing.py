"""The four outputs as bytes: sorted by the bytes of their columns, plain decimals, quotes only where needed.

Every engine writes through here. What it found it offers as queries; order, rounding and form are decided once.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from app.recompute.commands import AuditFiles
from app.recompute.rules.findings import DISCREPANCIES, SUSPENSE, TOTALS, minor
from app.recompute.rules.inputs import Problem

_CHUNK = 20_000
_CHOSEN = "where len($payees) = 0 or list_contains($payees, payee)"


@dataclass(frozen=True, slots=True)
class Found:
    """Queries over what an engine found, in any order of rows; amounts have 12 places.

    *discrepancies*, *suspense*: their columns as text; *totals*: payee, currency, statement_month, expected, paid,
    not rounded; *gross*: currency, gross, suspense; *counts*: cells, discrepancies.
    """

    discrepancies: str
    totals: str
    suspense: str
    gross: str
    counts: str


@dataclass(frozen=True, slots=True)
class Intaken:
    """What reading brought: how many *lines* of sales, malformed ones counted, and the *problems* in their order."""

    lines: int
    problems: Sequence[Problem]


def write_all(
    con: duckdb.DuckDBPyConnection, found: Found, read: Intaken, command: AuditFiles
) -> dict[str, Any]:
    """Write the outputs into the command's folder; the control figures as written."""
    out = command.out
    out.mkdir(parents=True, exist_ok=True)
    chosen = {"payees": list(command.payees_only)}
    differing = f"from ({found.discrepancies}) {_CHOSEN} order by 1, 2, 3, 4, 5, 6, 7"
    _csv(out / "discrepancies.csv", DISCREPANCIES, _rows(con, differing, chosen))
    totals = f"from ({found.totals}) {_CHOSEN} order by 1, 2, 3"
    _csv(out / "totals.csv", TOTALS, map(_total, _rows(con, totals, chosen)))
    held = f"from ({found.suspense}) order by 1, 2, 3, 4, 5, 6, 7, 8"
    _csv(out / "suspense.csv", SUSPENSE, _rows(con, held))
    control = _control(con, found, read)
    text = json.dumps(control, sort_keys=True, indent=2, ensure_ascii=False)
    (out / "control.json").write_text(f"{text}\n", "utf-8", newline="\n")
    return control


def _rows(
    con: duckdb.DuckDBPyConnection, query: str, values: dict[str, Any] | None = None
) -> Iterator[tuple[Any, ...]]:
    found = con.execute(query, values) if values else con.execute(query)
    while chunk := found.fetchmany(_CHUNK):
        yield from chunk


def _csv(path: Path, header: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _total(row: tuple[Any, ...]) -> tuple[str, ...]:
    payee, currency, month, expected, paid = row
    owed, given = minor(Decimal(expected), currency), minor(Decimal(paid), currency)
    return (payee, currency, month, f"{owed:f}", f"{given:f}", f"{owed - given:f}")


def _control(con: duckdb.DuckDBPyConnection, found: Found, read: Intaken) -> dict[str, Any]:
    by_currency = con.execute(f"""
        select currency, cast(gross as varchar), cast(cast(gross - suspense as decimal(38,12)) as varchar),
               cast(suspense as varchar)
        from ({found.gross})""").fetchall()
    cells, discrepancies = con.execute(found.counts).fetchone() or (0, 0)
    return {
        "lines_read": read.lines,
        "cells": cells,
        "gross_in": {row[0]: row[1] for row in by_currency},
        "gross_attributed": {row[0]: row[2] for row in by_currency},
        "gross_suspense": {row[0]: row[3] for row in by_currency},
        "discrepancies": discrepancies,
        "problems": [asdict(one) for one in read.problems],
    }
