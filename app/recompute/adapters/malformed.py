"""The second reading of a file that holds malformed rows: each bad value with its line.

The database reads a file in pieces and knows no lines, so the file is read again in order. Only rows that it found
bad, and those whose bytes it refused, are looked at closely.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

from app.recompute.adapters.sampling import FIELD_LIMIT, text_of
from app.recompute.rules.inputs import TABLES, Problem, problems_in

_CHUNK = 20_000
_AHEAD = 4096
"""Bytes in which a row begins at the latest."""


def second_reading(
    table: str,
    file: Path,
    ask: Callable[[str], Any],
    source: str,
    bad: Collection[tuple[str, ...]],
    rejected: Collection[int],
) -> Iterator[Problem]:
    """Problems in the order of the file; *bad*: rows by the columns of *table*, *rejected*: lines.

    In a Parquet file the line is its row, counted from 2.
    """
    columns = TABLES[table]
    names = [name for name, _kind in columns]
    if file.suffix.lower() == ".parquet":
        found = _numbered(ask, source)
    else:
        found = _lines_of(file, names, rejected)
    for line, values, is_rejected in found:
        if is_rejected or values in bad:
            row = dict(zip(names, values, strict=True))
            yield from problems_in(file.name, line, row, columns)


def _numbered(
    ask: Callable[[str], Any], source: str
) -> Iterator[tuple[int, tuple[str, ...], bool]]:
    ask("set preserve_insertion_order = true")
    rows = ask(source)
    first = 2
    while chunk := rows.fetchmany(_CHUNK):
        for line, values in enumerate(chunk, start=first):
            yield line, values, False
        first += len(chunk)
    ask("set preserve_insertion_order = false")


def _lines_of(
    file: Path, names: list[str], rejected: Collection[int]
) -> Iterator[tuple[int, tuple[str, ...], bool]]:
    with text_of(file) as text:
        reader = csv.reader(text, strict=True)
        header = next(reader)
        chosen = itemgetter(*(header.index(name) for name in names))
        width, line = len(header), reader.line_num + 1
        for cells in reader:
            if len(cells) == width:
                yield line, chosen(cells), line in rejected
            line = reader.line_num + 1


def lines_at(file: Path, starts: Iterable[int]) -> dict[int, int]:
    """The line on which each row begins; *starts*: its place in bytes, as the database names it.

    The database counts rows, and a quoted cell may hold many lines. Its places may lie on line ends before the row.
    """
    found, line, place = {}, 1, 0
    with file.open("rb") as data:
        end = b"\n" if b"\n" in data.read(FIELD_LIMIT) else b"\r"
        for start in sorted(starts):
            data.seek(place)
            while piece := data.read(min(start - place, FIELD_LIMIT)):
                line += piece.count(end)
                place += len(piece)
            ahead = data.read(_AHEAD)
            found[start] = line + ahead[: len(ahead) - len(ahead.lstrip(b"\r\n"))].count(end)
    return found
