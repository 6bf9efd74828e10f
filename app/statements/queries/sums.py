"""Sums as they are stored: exact text by currency."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from app.kernel.money import Money


def amounts_of(sums: Mapping[str, str]) -> tuple[Money, ...]:
    """The sums, exact, in the order of their currencies. *sums*: currency → decimal text."""
    return tuple(Money(Decimal(text), currency) for currency, text in sorted(sums.items()))
