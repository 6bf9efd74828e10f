"""Columns of the files in which terms and audits meet: what each must look like, and why a value is none.

The patterns are the least common denominator of two regular expression engines, so that the same text
decides in Python and in the database. Source: the audit's contract, "Inputs" and "Problems".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NAME = "name"
    MONTH = "month"
    OPEN_MONTH = "open_month"
    AMOUNT = "amount"
    COUNT = "count"
    FRACTION = "fraction"
    RATE = "rate"
    TERRITORY = "territory"
    TERRITORIES = "territories"
    CURRENCY = "currency"
    ISRC = "isrc"


_NUMBER = r"[+-]?[0-9]+(\.[0-9]+)?"
_MONTH = r"[0-9]{4}-(0[1-9]|1[0-2])"
PATTERNS: Mapping[Kind, str] = {
    Kind.NAME: r"(?s).+",
    Kind.MONTH: _MONTH,
    Kind.OPEN_MONTH: rf"({_MONTH})?",
    Kind.AMOUNT: _NUMBER,
    Kind.COUNT: rf"({_NUMBER})?",
    Kind.FRACTION: _NUMBER,
    Kind.RATE: _NUMBER,
    Kind.TERRITORY: r"[A-Z]{2}",
    Kind.TERRITORIES: r"WW(-[A-Z]{2})*|[A-Z]{2}( [A-Z]{2})*",
    Kind.CURRENCY: r"[A-Z]{3}",
}
REASONS: Mapping[Kind, str] = {
    Kind.NAME: "empty",
    Kind.MONTH: "not a month like 2026-03",
    Kind.OPEN_MONTH: "not a month like 2026-03",
    Kind.AMOUNT: "not a number like -12.50",
    Kind.COUNT: "not a number like 120",
    Kind.FRACTION: "not a number like 0.15",
    Kind.RATE: "not a number like 1.0825",
    Kind.TERRITORY: "not two capital letters",
    Kind.TERRITORIES: "not WW, WW-US-CA or US CA GB",
    Kind.CURRENCY: "not three capital letters",
}
WHOLE_DIGITS: Mapping[Kind, int] = {Kind.AMOUNT: 14, Kind.RATE: 14, Kind.FRACTION: 10}
"""Digits before the point that the arithmetic holds without overflow; a longer number is malformed."""
TOO_LARGE = "too many digits before the point"

Columns = tuple[tuple[str, Kind], ...]
DEALS: Columns = (
    ("isrc", Kind.ISRC), ("fee_rate", Kind.FRACTION), ("from_month", Kind.OPEN_MONTH),
    ("to_month", Kind.OPEN_MONTH),
)  # fmt: skip
SPLITS: Columns = (
    ("isrc", Kind.ISRC), ("payee", Kind.NAME), ("share", Kind.FRACTION),
    ("territories", Kind.TERRITORIES), ("from_month", Kind.OPEN_MONTH), ("to_month", Kind.OPEN_MONTH),
)  # fmt: skip
PAYEES: Columns = (("payee", Kind.NAME), ("currency", Kind.CURRENCY))
WITHHOLDING: Columns = (
    ("payee", Kind.NAME), ("territory", Kind.TERRITORY), ("rate", Kind.FRACTION),
    ("from_month", Kind.OPEN_MONTH), ("to_month", Kind.OPEN_MONTH),
)  # fmt: skip
FX: Columns = (
    ("month", Kind.MONTH), ("from_currency", Kind.CURRENCY), ("to_currency", Kind.CURRENCY),
    ("rate", Kind.RATE),
)  # fmt: skip
BALANCES: Columns = (
    ("contract", Kind.NAME), ("payee", Kind.NAME), ("currency", Kind.CURRENCY), ("month", Kind.MONTH),
    ("opening", Kind.AMOUNT), ("earned", Kind.AMOUNT), ("recouped", Kind.AMOUNT), ("paid", Kind.AMOUNT),
    ("closing", Kind.AMOUNT),
)  # fmt: skip


def fault_of(kind: Kind, value: str) -> str:
    """Why *value* is none of its kind; empty when it is one."""
    pattern = PATTERNS.get(kind)
    if pattern is None:
        return ""
    if re.fullmatch(pattern, value) is None:
        return REASONS[kind]
    limit = WHOLE_DIGITS.get(kind)
    if limit is not None and len(value.lstrip("+-").partition(".")[0].lstrip("0")) > limit:
        return TOO_LARGE
    return ""
