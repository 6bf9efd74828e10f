"""The four outputs as bytes: sorted by the bytes of their columns, plain decimals, quotes only where needed."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from app.recompute.adapters.cells import SUSPENSE as SUSPENSE_ROWS
from app.recompute.adapters.reading import Reader
from app.recompute.rules.findings import DISCREPANCIES, SUSPENSE, TOTALS, minor

_CHUNK = 20_000
_DISCREPANCIES = """
    select payee, statement_month, sale_month, store, territory, isrc, currency, cast(expected as varchar),
           cast(paid as varchar), cast(delta as varchar), cause, detail
    from difference where len($payees) = 0 or list_contains($payees, payee) order by 1, 2, 3, 4, 5, 6, 7"""
_TOTALS = """
    select payee, currency, statement_month, sum(expected), sum(paid) from joined
    where len($payees) = 0 or list_contains($payees, payee) group by all order by 1, 2, 3"""
_SUSPENSE = f"""
    select reason, statement_month, sale_month, store, territory, isrc, payee, currency, cast(gross as varchar)
    from ({SUSPENSE_ROWS}) order by 1, 2, 3, 4, 5, 6, 7, 8"""
_CONTROL = f"""
    with spread as (
      select currency, gross as gross_in, 0 :: decimal(38,12) as attributed, 0 :: decimal(38,12) as held from cell
      union all select source, 0, attributed, 0 from part where reason = ''
      union all select currency, 0, 0, gross from ({SUSPENSE_ROWS}))
    select currency, cast(sum(gross_in) as varchar), cast(sum(attributed) as varchar), cast(sum(held) as varchar)
    from spread group by currency order by currency"""


def write_all(
    con: duckdb.DuckDBPyConnection, reader: Reader, out: Path, payees: tuple[str, ...]
) -> dict[str, Any]:
    """Write the outputs into *out*; the control figures as written."""
    out.mkdir(parents=True, exist_ok=True)
    chosen = {"payees": list(payees)}
    _csv(out / "discrepancies.csv", DISCREPANCIES, _rows(con, _DISCREPANCIES, chosen))
    _csv(out / "totals.csv", TOTALS, map(_total, _rows(con, _TOTALS, chosen)))
    _csv(out / "suspense.csv", SUSPENSE, _rows(con, _SUSPENSE))
    control = _control(con, reader)
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


def _control(con: duckdb.DuckDBPyConnection, reader: Reader) -> dict[str, Any]:
    by_currency = con.execute(_CONTROL).fetchall()
    cells = con.execute("select count(*) from cell").fetchone() or (0,)
    differences = con.execute("select count(*) from difference").fetchone() or (0,)
    return {
        "lines_read": reader.rows.get("sales", 0),
        "cells": cells[0],
        "gross_in": {row[0]: row[1] for row in by_currency},
        "gross_attributed": {row[0]: row[2] for row in by_currency},
        "gross_suspense": {row[0]: row[3] for row in by_currency},
        "discrepancies": differences[0],
        "problems": [
            {
                "file": one.file,
                "line": one.line,
                "column": one.column,
                "value": one.value,
                "reason": one.reason,
            }
            for one in reader.problems
        ],
    }
