"""Balances of a contract as the ledger's entries make them, from the opening of the last month that was taken in.

Source: PAYOUT-AUDIT's causes begin where books and statements part; DOMAIN 5.1: opening + earned - recouped - paid =
closing, by contract. Money that is held for a case leaves what is earned and comes back with its release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.ledger.rules.posting import AccountKind
from app.terms.rules.rows import Balance

AMOUNTS = ("opening", "earned", "recouped", "paid", "closing")
_GOES_OUT: Mapping[AccountKind, str] = {
    AccountKind.ADVANCES: "recouped",
    AccountKind.BANK: "paid",
}
"""What a payee's money went to; all else is earned, or taken back."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What one month's entries did to what is owed to a payee, by the account on the other side; more is positive."""

    month: date
    against: AccountKind
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Running:
    """One month. *taken*: as it was taken in, None behind the last such month; *computed*: from entries."""

    taken: Balance | None
    computed: Balance

    @property
    def differences(self) -> dict[str, Decimal]:
        """Amount → how much more the entries make of it, of those that differ, in their order."""
        if self.taken is None:
            return {}
        found = {name: getattr(self.computed, name) - getattr(self.taken, name) for name in AMOUNTS}
        return {name: difference for name, difference in found.items() if difference}


def running(last: Balance, posted: Iterable[Posted]) -> tuple[Running, ...]:
    """The month of *last* and every later one with entries, each from where the one before ended.

    *posted*: of the contract's payee in its currency, in any order; what is older than *last* is in its opening.
    """
    months: dict[date, dict[str, Decimal]] = {last.month: {}}
    for one in posted:
        if one.month >= last.month:
            sums = months.setdefault(one.month, {})
            name = _GOES_OUT.get(one.against, "earned")
            sums[name] = sums.get(name, Decimal(0)) + (
                one.amount if name == "earned" else -one.amount
            )
    found: list[Running] = []
    opening = last.opening
    for month, sums in sorted(months.items()):
        computed = Balance(
            last.contract, last.payee, last.currency, month, opening,
            *(sums.get(name, Decimal(0)) for name in AMOUNTS[1:-1]),
        )  # fmt: skip
        found.append(Running(last if month == last.month else None, computed))
        opening = computed.closing
    return tuple(found)
