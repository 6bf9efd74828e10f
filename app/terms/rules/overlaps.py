"""Rows of which only one may hold at a time, and two do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from app.kernel.period import EARLIEST, LATEST
from app.terms.rules.rows import Row

Item = TypeVar("Item")


def overlapping(items: Iterable[Item], row_of: Callable[[Item], Row]) -> list[tuple[Item, Item]]:
    """Pairs that contradict each other: each item at most once as the second, with one before it in time."""
    groups: dict[tuple[str, ...], list[Item]] = {}
    for item in items:
        which = row_of(item).only_one
        if which is not None:
            groups.setdefault(which, []).append(item)
    found: list[tuple[Item, Item]] = []
    for group in groups.values():
        if len(group) > 1:
            found += _of_group(sorted(group, key=lambda item: _start(row_of(item))), row_of)
    return found


def _of_group(group: list[Item], row_of: Callable[[Item], Row]) -> list[tuple[Item, Item]]:
    """*group*: by start. The one that lasts longest so far is the one to compare with."""
    found = []
    longest = group[0]
    for item in group[1:]:
        if _start(row_of(item)) < _end(row_of(longest)):
            found.append((longest, item))
        longest = max(longest, item, key=lambda one: _end(row_of(one)))
    return found


def _start(row: Row) -> date:
    return row.period.start or EARLIEST


def _end(row: Row) -> date:
    return row.period.end or LATEST
