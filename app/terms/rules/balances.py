"""Balances of contracts: each month begins where the one before ended, and small sums wait."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from app.terms.rules.rows import Balance


def first_break(balances: Iterable[Balance]) -> tuple[Balance, Balance] | None:
    """Two months of one contract, one after the other, that do not join: another opening, currency or payee. Else None."""
    before: Balance | None = None
    for one in sorted(balances, key=lambda row: (row.contract, row.month)):
        if before is not None and before.contract == one.contract and not _joins(before, one):
            return before, one
        before = one
    return None


def _joins(before: Balance, one: Balance) -> bool:
    return (before.closing, before.currency, before.payee) == (one.opening, one.currency, one.payee)


def payable(closing: Decimal, minimum: Decimal | None) -> Decimal:
    """What may be paid out of a balance: all of it, or nothing while it is below zero or below *minimum* (None: any)."""
    return closing if closing > 0 and closing >= (minimum or 0) else Decimal(0)
