"""Lines joined by month, store and territory, with the cents given out so that the groups add up to the total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal

from app.recompute.rules.findings import minor
from app.recompute.rules.runs import MATCHES, UNTRACED, AuditedLine, AuditedTotal


@dataclass(slots=True)
class AuditedGroup:
    """Lines of one payee, currency, statement month, store and territory. *paid*, *expected*: minor units after `settle`.

    *reason*, *detail*: of the line that differs most; *reasons*: all; *lines*, *differ*: how many.
    """

    key: tuple[str, str, str, str, str]
    paid: Decimal = Decimal(0)
    expected: Decimal = Decimal(0)
    units: Decimal = Decimal(0)
    lines: int = 0
    differ: int = 0
    reason: str = MATCHES
    detail: str = ""
    reasons: set[str] = field(default_factory=set)
    gross: dict[str, Decimal] = field(default_factory=dict)
    """Currency of the store → what it reported for these lines."""
    _most: Decimal = Decimal(0)

    def add(self, line: AuditedLine) -> None:
        """Count a line in."""
        self.paid += line.paid
        self.expected += line.expected
        self.units += line.units
        for source, amount in line.working.gross.items():
            self.gross[source] = self.gross.get(source, Decimal(0)) + Decimal(amount)
        self.lines += 1
        if line.cause:
            self.differ += 1
            self.reasons.add(line.reason)
            if abs(line.delta) > self._most:
                self._most, self.reason, self.detail = abs(line.delta), line.reason, line.detail

    @property
    def delta(self) -> Decimal:
        """What is owed; less than nothing was paid too much."""
        return self.expected - self.paid


def allocate(amounts: Sequence[Decimal], total: Decimal, currency: str) -> list[Decimal]:
    """*amounts* in minor units that add up to *total*: by largest remainder, then larger amount, then order."""
    step = minor(Decimal(1), currency).as_tuple().exponent
    unit = Decimal(1).scaleb(int(step))
    floors = [amount.quantize(unit, rounding=ROUND_FLOOR) for amount in amounts]
    left = int((total - sum(floors, Decimal(0))) / unit)
    order = sorted(range(len(amounts)), key=lambda n: (floors[n] - amounts[n], -abs(amounts[n]), n))
    for place in range(abs(left)):
        if not order:
            break
        chosen = order[place % len(order)] if left > 0 else order[-1 - place % len(order)]
        floors[chosen] += unit if left > 0 else -unit
    return floors


def settle(groups: Sequence[AuditedGroup], total: AuditedTotal | None) -> None:
    """Give the groups of one payee, currency and month their cents. Without a total they are rounded one by one."""
    if not groups:
        return
    currency = groups[0].key[1]
    for name in ("paid", "expected"):
        amounts = [getattr(one, name) for one in groups]
        sums = getattr(total, name) if total else minor(sum(amounts, Decimal(0)), currency)
        for one, amount in zip(groups, allocate(amounts, sums, currency), strict=True):
            setattr(one, name, amount)


@dataclass(slots=True)
class Figures:
    """Counts of a payee and currency over a run. *reasons*: reason → (lines, sum of the differences).

    *owed*: of the settled groups, in minor units.
    """

    lines: int = 0
    traced: int = 0
    groups: int = 0
    differ: int = 0
    owed: Decimal = Decimal(0)
    reasons: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    stores: set[str] = field(default_factory=set)
    territories: set[str] = field(default_factory=set)

    def add(self, line: AuditedLine) -> None:
        """Count a line in."""
        self.lines += 1
        self.traced += line.cause not in UNTRACED
        self.stores.add(line.store)
        self.territories.add(line.territory)
        if line.cause:
            count, total = self.reasons.get(line.reason, (0, Decimal(0)))
            self.reasons[line.reason] = (count + 1, total + line.delta)

    def add_group(self, group: AuditedGroup) -> None:
        """Count a settled group in."""
        self.groups += 1
        self.owed += group.delta
        self.differ += group.differ > 0

    def stored(self) -> dict[str, object]:
        """Plain values for keeping."""
        return {
            "lines": self.lines, "traced": self.traced, "groups": self.groups, "differ": self.differ,
            "owed": f"{self.owed:f}",
            "reasons": {name: [count, f"{total:f}"] for name, (count, total) in self.reasons.items()},
            "stores": sorted(self.stores), "territories": sorted(self.territories),
        }  # fmt: skip
