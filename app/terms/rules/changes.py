"""What a file changes: of the recordings, payees or rates that it names it says everything, of others nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from app.terms.rules.rows import Payee, Rate, Row

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Stored:
    """A row in force, with its place in the database."""

    id: object
    row: Row


@dataclass(frozen=True, slots=True)
class Difference:
    """What ends, what begins, and how many rows stay as they are."""

    ends: tuple[Stored, ...]
    begins: tuple[Row, ...]
    same: int

    def __bool__(self) -> bool:
        return bool(self.ends or self.begins)


def difference(now: Iterable[Stored], wanted: Iterable[Row]) -> Difference:
    """From the rows in force of the named keys to *wanted*. Equal rows count as often as they are there."""
    missing = Counter(wanted)
    ends, same = [], 0
    for stored in now:
        if missing[stored.row] > 0:
            missing[stored.row] -= 1
            same += 1
        else:
            ends.append(stored)
    return Difference(tuple(ends), tuple(missing.elements()), same)


def filled(
    row: Row, unsaid: frozenset[str], now: Mapping[tuple[str, ...], Row], *, source: str = ""
) -> Row:
    """*row* with what its file has no column for taken from the row in force, as far as that still fits.

    A minimum in another currency and the source of another rate do not. *source*: said of a new rate.
    """
    before = now.get(row.key)
    if isinstance(row, Payee):
        known = before if isinstance(before, Payee) else Payee(row.payee, row.currency)
        minimum = known.minimum if known.currency == row.currency else None
        return replace(
            row,
            minimum=minimum if "minimum" in unsaid else row.minimum,
            payee_id=known.payee_id if "payee_id" in unsaid else row.payee_id,
        )
    if isinstance(row, Rate):
        fits = isinstance(before, Rate) and before.rate == row.rate
        known_rate = before if fits and isinstance(before, Rate) else replace(row, source=source)
        return replace(
            row,
            source=known_rate.source if "source" in unsaid else row.source,
            quoted_on=known_rate.quoted_on if "quoted_on" in unsaid else row.quoted_on,
        )
    return row
