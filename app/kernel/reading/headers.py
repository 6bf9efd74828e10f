"""Finding a header: by the set of its columns, in any order, wherever among the first rows it stands."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.kernel.reading.tables import Row, Table


@dataclass(frozen=True, slots=True)
class Head:
    """A header in *line*, its cells parted by *delimiter*; *above*: the rows before; *more*: columns nobody knows.

    *counts*: how often each folded name is there. *width*: cells of the row, with empty ones at its end.
    """

    delimiter: str
    line: int
    header: tuple[str, ...]
    above: tuple[Row, ...]
    more: tuple[str, ...]
    counts: Counter[str]
    width: int


def head_at(
    delimiter: str,
    rows: Sequence[Row],
    place: int,
    needed: Collection[str],
    known: Collection[str],
) -> Head | None:
    """The header in `rows[place]`, when all *needed* columns are in it. *needed*, *known*: folded names."""
    line, cells = rows[place]
    names = [folded(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not set(needed) <= set(names):
        return None
    more = tuple(cells[at] for at, name in enumerate(names) if name not in known)
    header = tuple(cells[: len(names)])
    return Head(delimiter, line, header, tuple(rows[:place]), more, Counter(names), len(cells))


def nearest_head(table: Table, needed: Collection[str], known: Collection[str]) -> Head:
    """What is most like a header: with most of *needed*, then with the fewest others; empty in line 1 when nothing is.

    *needed*, *known*: folded names. What it lacks is for the caller to say.
    """
    found = [
        head
        for delimiter, rows in table.head.items()
        for place in range(len(rows))
        if (head := head_at(delimiter, rows, place, (), known))
    ]
    nothing = Head(next(iter(table.head), ""), 1, (), (), (), Counter(), 0)
    best = max(found, key=lambda head: (_there(head, needed), -len(head.more)), default=nothing)
    return best if _there(best, needed) else nothing


def _there(head: Head, needed: Collection[str]) -> int:
    return sum(name in head.counts for name in needed)


def folded(name: str) -> str:
    """A header's name as it is compared: NFKC, one blank between words, no case."""
    return " ".join(unicodedata.normalize("NFKC", name).replace("\ufeff", "").split()).casefold()
