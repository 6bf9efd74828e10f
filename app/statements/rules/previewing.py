"""The beginning of a file whose columns nobody knows yet: where its header stands, and its first lines as they would be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.kernel.reading.faults import Problem, Unreadable
from app.kernel.reading.sources import Source
from app.kernel.reading.tables import Row, Table, tables_of
from app.statements.rules.lines import Line
from app.statements.rules.profile import Profile
from app.statements.rules.reading import Asked, Reading

SAMPLES = 3
"""Rows of which a column shows its values."""
LINES = 10
PROBLEMS = 20
FIRST = 10
"""Rows among which a header is looked for."""
MOST_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Head:
    """*tables*: names of all tables of the file. *samples*: for each column, what stands in its first rows."""

    tables: tuple[str, ...]
    delimiter: str
    line: int
    header: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The first lines, or why there are none."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]


def head_of(source: Source, encoding: str = "", place: int = 0) -> Head:
    """Where the header of table *place* stands, by how many rows below are as wide. Raises `Unreadable`."""
    tables = list(tables_of(source, encoding))
    table = tables[place] if 0 <= place < len(tables) else tables[0]
    delimiter, at = _header(table)
    rows = table.head[delimiter]
    header = _trimmed(rows[at][1])[:MOST_COLUMNS] if rows else ()
    below = [cells for _line, cells in rows[at + 1 : at + 1 + SAMPLES]]
    samples = tuple(
        tuple(cells[column] for cells in below if column < len(cells))
        for column in range(len(header))
    )
    return Head(
        tuple(one.file for one in tables), delimiter, rows[at][0] if rows else 0, header, samples
    )


def _header(table: Table) -> tuple[str, int]:
    """(delimiter, place of the header among its rows): the widest row with most rows as wide below."""
    best, found = (-1, -1), (next(iter(table.head)), 0)
    for delimiter, rows in table.head.items():
        for at in range(min(len(rows), FIRST)):
            score = _score(rows, at)
            if score > best:
                best, found = score, (delimiter, at)
    return found


def _score(rows: Sequence[Row], at: int) -> tuple[int, int]:
    cells = _trimmed(rows[at][1])
    filled = sum(1 for cell in cells if cell.strip())
    same = sum(1 for _line, below in rows[at + 1 : at + 6] if len(below) == len(rows[at][1]))
    return (same * filled if filled > 1 else 0, filled)


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    last = max((place for place, cell in enumerate(cells) if cell.strip()), default=-1)
    return tuple(cells[: last + 1])


def preview(source: Source, profile: Profile, asked: Asked) -> Preview:
    """The first lines of *source* as *profile* reads them, and what is wrong up to there."""
    reading = Reading(source, (profile,), asked)
    lines: list[Line] = []
    try:
        for line in reading.lines():
            lines.append(line)
            if len(lines) == LINES:
                break
    except Unreadable as error:
        return Preview((), (error.problem,))
    return Preview(tuple(lines), tuple(reading.problems[:PROBLEMS]))
