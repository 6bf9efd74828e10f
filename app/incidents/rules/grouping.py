"""Which discrepancies are one fault: the same cause with the same value over at least three payees of a statement month.

Every line is counted in at most one fault and in none twice; the order in which lines come changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import NamedTuple

from app.recompute.rules.findings import Cause

LEAST_PAYEES = 3
"""Fewer is no fault of ours that many share: those artists have their own cases."""
OWN_VALUE = frozenset({Cause.SPLIT_VERSION})
"""Causes whose value is each payee's own (their share), so that it does not part one fault from another."""
NO_FAULT = frozenset({Cause.UNEXPLAINED})
_EXACT = Context(prec=80, traps=[InvalidOperation, Overflow, Inexact])
_DIGEST = 2**256

Key = tuple[str, str, str, str, str, str]


class Discrepancy(NamedTuple):
    """A row of the audit. Amounts at 12 places in *currency*."""

    payee: str
    statement_month: str
    sale_month: str
    store: str
    territory: str
    isrc: str
    currency: str
    expected: Decimal
    paid: Decimal
    delta: Decimal
    cause: str
    detail: str

    @property
    def key(self) -> Key:
        """What makes it this line and no other of its statement month."""
        return (self.payee, self.sale_month, self.store, self.territory, self.isrc, self.currency)


@dataclass(slots=True)
class Tally:
    """*sums*: currency → sum of the differences, exact: what is owed, less than nothing was paid too much."""

    lines: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)

    def add(self, line: Discrepancy) -> None:
        """Count a line in."""
        self.lines += 1
        self.sums[line.currency] = _EXACT.add(self.sums.get(line.currency, Decimal(0)), line.delta)

    def stored(self) -> dict[str, str]:
        """Currency → exact sum as text."""
        return {currency: f"{total:f}" for currency, total in sorted(self.sums.items())}


class FaultKey(NamedTuple):
    """*detail*: the value that explains the lines; empty where each payee has their own."""

    cause: str
    detail: str


@dataclass(slots=True)
class Fault:
    """Lines of one cause. What all of them share stands in *shared*: isrc, store, territory, detail; empty where they differ."""

    key: FaultKey
    whole: Tally = field(default_factory=Tally)
    payees: dict[str, Tally] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    _sum: int = 0

    def add(self, line: Discrepancy) -> None:
        """Count a line in."""
        self.whole.add(line)
        self.payees.setdefault(line.payee, Tally()).add(line)
        for name in ("isrc", "store", "territory", "detail"):
            value = getattr(line, name)
            if self.shared.setdefault(name, value) != value:
                self.shared[name] = ""
        text = "\0".join(str(one) for one in line).encode()
        self._sum += int.from_bytes(hashlib.sha256(text).digest())

    @property
    def digest(self) -> str:
        """Equal for the same lines in any order, 64 hex digits."""
        return f"{self._sum % _DIGEST:064x}"


class Faults:
    """Collects lines. *decided*: keys of lines about which a person has decided already; they are left alone."""

    def __init__(self, decided: Container[Key] = frozenset()) -> None:
        self._decided = decided
        self._found: dict[FaultKey, Fault] = {}
        self.lines = 0

    def add_all(self, lines: Iterable[Discrepancy]) -> Faults:
        """Count them in; the same object, for a chain."""
        for line in lines:
            self.lines += 1
            key = self.key_of(line)
            if key is not None:
                self._found.setdefault(key, Fault(key)).add(line)
        return self

    def key_of(self, line: Discrepancy) -> FaultKey | None:
        """The fault that a line would belong to; None when it has none, or was decided about."""
        if line.cause in NO_FAULT or line.key in self._decided:
            return None
        return FaultKey(line.cause, "" if line.cause in OWN_VALUE else line.detail)

    def chosen(self) -> dict[FaultKey, Fault]:
        """The faults of enough payees: most payees first, then by cause and value."""
        rows = [one for one in self._found.values() if len(one.payees) >= LEAST_PAYEES]
        rows.sort(key=lambda one: (-len(one.payees), one.key))
        return {one.key: one for one in rows}
