"""Ownership conflicts: where and when shares of a recording add up to more than the whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from app.kernel.period import Period
from app.kernel.territory import CODES, Territory
from app.terms.rules.rows import Split

Holders = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """In every territory of *territory*, in every month of *period*, *holders* (payee → share, by name) have too much."""

    isrc: str
    territory: Territory
    period: Period
    holders: Holders

    @property
    def total(self) -> Decimal:
        """Sum of the shares, greater than 1."""
        return sum((share for _payee, share in self.holders), Decimal(0))


def conflicts_of(splits: Sequence[Split]) -> tuple[Conflict, ...]:
    """Conflicts of one recording, by time, then territory; no cell is in two of them."""
    found: list[Conflict] = []
    for period in _segments(splits):
        active = [one for one in splits if one.period.overlaps(period)]
        if sum((one.share for one in active), Decimal(0)) > 1:
            found = _joined(found, _in_period(active, period))
    return tuple(sorted(found, key=lambda one: (one.period.start or date.min, str(one.territory))))


def _segments(splits: Iterable[Split]) -> list[Period]:
    """The stretches of time in which the same rows hold, in order."""
    cuts = {day for one in splits for day in (one.period.start, one.period.end) if day is not None}
    edges: list[date | None] = [None, *sorted(cuts), None]
    return [Period(start, end) for start, end in pairwise(edges)]


def _in_period(active: Sequence[Split], period: Period) -> list[Conflict]:
    places: dict[tuple[int, ...], set[str]] = {}
    for code in CODES:
        holding = tuple(n for n, one in enumerate(active) if code in one.territory)
        places.setdefault(holding, set()).add(code)
    by_holders: dict[Holders, set[str]] = {}
    for holding, codes in places.items():
        holders = _holders([active[n] for n in holding])
        if sum((share for _payee, share in holders), Decimal(0)) > 1:
            by_holders.setdefault(holders, set()).update(codes)
    return [
        Conflict(active[0].isrc, _shortest(codes), period, holders)
        for holders, codes in by_holders.items()
    ]


def _holders(splits: Iterable[Split]) -> Holders:
    shares: dict[str, Decimal] = {}
    for one in splits:
        shares[one.payee] = shares.get(one.payee, Decimal(0)) + one.share
    return tuple(sorted((payee, share) for payee, share in shares.items() if share))


def _shortest(codes: set[str]) -> Territory:
    """As a list, or as the world without a few, whichever names fewer."""
    if len(codes) * 2 > len(CODES):
        return Territory(CODES - codes, excluded=True)
    return Territory(frozenset(codes))


def _joined(found: list[Conflict], more: Iterable[Conflict]) -> list[Conflict]:
    """A conflict that goes on unchanged is one."""
    result = list(found)
    for one in more:
        before = next(
            (
                n
                for n, other in enumerate(result)
                if other.period.end == one.period.start
                and (other.territory, other.holders) == (one.territory, one.holders)
            ),
            None,
        )
        if before is None or one.period.start is None:
            result.append(one)
        else:
            whole = Period(result[before].period.start, one.period.end)
            result[before] = replace(result[before], period=whole)
    return result
