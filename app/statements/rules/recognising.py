"""Which format a table is: by the set of its columns, wherever the header stands, never by the name of the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.kernel.reading.headers import folded, head_at
from app.kernel.reading.tables import Row, Table
from app.statements.rules.profile import Chosen, Column, Joined, Profile

NEAR = 60
"""Percent of a format's columns that makes a table look like it."""


@dataclass(frozen=True, slots=True)
class Match:
    """*profile*, its header in *line*, cells parted by *delimiter*; *above*: the rows before; *more*: unknown columns."""

    profile: Profile
    delimiter: str
    line: int
    header: tuple[str, ...]
    above: tuple[Row, ...]
    more: tuple[str, ...]
    twice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """No format fits; *profile* comes nearest, but *missing* are not there. None: nothing comes near."""

    profile: Profile | None
    missing: tuple[str, ...]
    line: int = 0


def recognised(table: Table, profiles: Sequence[Profile]) -> Match | Near:
    """The format of *table* with the fewest columns that it does not know; the one with more columns on a tie."""
    found = [
        match
        for delimiter, rows in table.head.items()
        for place, row in enumerate(rows)
        for profile in profiles
        if (match := _match(profile, delimiter, rows, place)) and row
    ]
    if found:
        return min(found, key=lambda one: (len(one.more), -len(one.profile.header), one.line))
    return _nearest(table, profiles)


def _match(profile: Profile, delimiter: str, rows: Sequence[Row], place: int) -> Match | None:
    needed = {folded(name) for name in profile.header}
    known = needed | {folded(name) for name in profile.optional}
    head = head_at(delimiter, rows, place, needed, known)
    if head is None or len(head.more) > profile.most_unknown:
        return None
    used = {folded(name) for name in used_columns(profile)}
    twice = tuple(name for name in used if head.counts[name] > 1)
    return Match(profile, delimiter, head.line, head.header, head.above, head.more, twice)


def used_columns(profile: Profile) -> set[str]:
    """Names of the columns whose content matters."""
    names: set[str] = set()
    for column in profile.columns.values():
        names |= names_in(column)
    names |= {skip.column for skip in profile.skips if skip.column}
    return names | ({profile.kinds[0]} if profile.kinds else set())


def names_in(column: Column) -> set[str]:
    """Names of the columns of which *column* is made."""
    if isinstance(column, Chosen):
        return {column.by, *column.columns.values()}
    if isinstance(column, Joined):
        return set(column.columns)
    return {column} if isinstance(column, str) else set(column)


def _nearest(table: Table, profiles: Iterable[Profile]) -> Near:
    best, score, line = Near(None, ()), NEAR, 0
    for rows in table.head.values():
        for line, cells in rows:
            given = {folded(cell) for cell in cells}
            for profile in profiles:
                missing = tuple(name for name in profile.header if folded(name) not in given)
                part = 100 - 100 * len(missing) // len(profile.header)
                if part > score:
                    best, score = Near(profile, missing, line), part
    return best
