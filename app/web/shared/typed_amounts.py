"""Amounts as people type them into a field."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import get_decimal_symbol


def typed(value: Decimal, locale: str) -> str:
    """A number as somebody with that language would type it: no groups, their decimal sign."""
    return f"{value:f}".replace(".", get_decimal_symbol(locale.replace("-", "_")))
