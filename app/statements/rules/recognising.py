"""Which format a table is: by the set of its columns, wherever the header stands, never by the name of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.statements.rules.profile import Chosen, Column, Joined, Profile, folded
from app.statements.rules.tables import Row, Table

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
    line, cells = rows[place]
    names = [folded(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    given = set(names)
    if not {folded(name) for name in profile.header} <= given:
        return None
    known = {folded(name) for name in (*profile.header, *profile.optional)}
    more = tuple(cells[at] for at, name in enumerate(names) if name not in known)
    if len(more) > profile.most_unknown:
        return None
    counts = Counter(names)
    used = {folded(name) for name in used_columns(profile)}
    twice = tuple(name for name in used if counts[name] > 1)
    header = tuple(cells[: len(names)])
    return Match(profile, delimiter, line, header, tuple(rows[:place]), more, twice)


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
