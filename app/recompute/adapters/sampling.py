"""The first look at a file: its header, and names met at a few places in it.

A sample makes the reading fast, never right or wrong: a name that it missed is learned when its row is met.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from app.kernel.columns import fault_of
from app.kernel.words import words as _
from app.recompute.adapters.names import WHAT
from app.recompute.rules.inputs import TABLES, BadInput

FIELD_LIMIT = 16 * 1024 * 1024
"""Bytes of one cell; a longer one is refused by both readers."""
_SPOTS, _BYTES, _ROWS = 64, 16 * 1024, 20_000


def sample_of(
    file: Path, table: str, con: duckdb.DuckDBPyConnection, source: str
) -> dict[str, set[str]]:
    """Well-formed names by column, from evenly spread places of *file*."""
    kinds = {name: kind for name, kind in TABLES[table] if name in WHAT}
    found: dict[str, set[str]] = {name: set() for name in kinds}
    if file.suffix.lower() == ".parquet":
        rows: Iterator[dict[str, str]] = _rows_of_source(con, table, source)
    else:
        rows = _rows_of_text(file)
    for row in rows:
        for name in kinds:
            found[name].add(row[name])
    return {
        name: {text for text in texts if not fault_of(kinds[name], text)}
        for name, texts in found.items()
    }


def _rows_of_source(
    con: duckdb.DuckDBPyConnection, table: str, source: str
) -> Iterator[dict[str, str]]:
    names = [name for name, _kind in TABLES[table]]
    for values in con.execute(f"from ({source}) using sample {_ROWS} rows").fetchall():
        yield dict(zip(names, values, strict=True))


def _rows_of_text(file: Path) -> Iterator[dict[str, str]]:
    """Whole lines near each spot; what a cut made of a quoted line has another number of columns, or is learned for nothing."""
    header = header_of("", file)
    size = file.stat().st_size
    with file.open("rb") as data:
        for spot in range(_SPOTS):
            data.seek(size * spot // _SPOTS)
            data.readline(_BYTES)
            lines = [
                line.decode("utf-8", "replace") for line in data.read(_BYTES).splitlines()[:-1]
            ]
            try:
                for cells in csv.reader(lines):
                    if len(cells) == len(header):
                        yield dict(zip(header, cells, strict=True))
            except csv.Error:
                continue


def header_of(table: str, file: Path) -> list[str]:
    """The column names of a CSV. Raises BadInput."""
    with text_of(file) as text:
        try:
            return next(csv.reader(text), [])
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadInput(
                table, "unreadable", _("%(file)s: the first line is no CSV.", file=file.name)
            ) from error


@contextmanager
def text_of(file: Path) -> Iterator[Iterator[str]]:
    """The text of a CSV; bytes that are no UTF-8 are replaced."""
    csv.field_size_limit(FIELD_LIMIT)
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        yield text
