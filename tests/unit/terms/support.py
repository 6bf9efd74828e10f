"""Files of terms as they are read: every line in its order, and which columns they have not."""

from __future__ import annotations

from dataclasses import dataclass

from app.kernel.reading.sources import Source
from app.terms.rules.reading import Asked, Line
from app.terms.rules.rows import Table
from app.terms.service import read_file


@dataclass(frozen=True)
class Read:
    """The whole file."""

    lines: tuple[Line, ...]
    unsaid: frozenset[str]


def read(
    table: Table, content: str | bytes, asked: Asked | None = None, name: str = "a.csv"
) -> Read:
    """All of it. Raises `InvalidMany`."""
    source = Source.of_bytes(name, content.encode() if isinstance(content, str) else content)
    with read_file(table, source, asked=asked) as command:
        lines = [line for some in command.lines.together() for line in some]
        return Read(tuple(sorted(lines, key=lambda line: line.number)), command.unsaid)
