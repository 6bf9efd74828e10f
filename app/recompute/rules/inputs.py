"""What the audit's files hold: columns, what each value must look like, and how a malformed one is named.

The patterns are the least common denominator of two regular expression engines, so that the same text
decides in Python and in the database. Source: the audit's contract, "Inputs" and "Problems".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.kernel.errors import Invalid
from app.kernel.words import words as _


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
ISRC_SHAPE = r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}"

Columns = tuple[tuple[str, Kind], ...]
SALES: Columns = (
    ("line_id", Kind.TEXT), ("statement_month", Kind.MONTH), ("sale_month", Kind.MONTH),
    ("store", Kind.NAME), ("territory", Kind.TERRITORY), ("isrc", Kind.ISRC), ("usage", Kind.TEXT),
    ("units", Kind.COUNT), ("gross", Kind.AMOUNT), ("currency", Kind.CURRENCY),
)  # fmt: skip
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
PAID: Columns = (
    ("payee", Kind.NAME), ("statement_month", Kind.MONTH), ("sale_month", Kind.MONTH),
    ("store", Kind.NAME), ("territory", Kind.TERRITORY), ("isrc", Kind.ISRC),
    ("currency", Kind.CURRENCY), ("amount", Kind.AMOUNT),
)  # fmt: skip
TABLES: Mapping[str, Columns] = {
    "sales": SALES, "deals": DEALS, "splits": SPLITS, "payees": PAYEES,
    "withholding": WITHHOLDING, "fx": FX, "paid": PAID,
}  # fmt: skip


class BadInput(Invalid):
    """A file that cannot be used at all: the audit writes nothing."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(field, code, message)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A value that is not what its column holds; its row is not used. *line*: of the file, the header is 1."""

    file: str
    line: int
    column: str
    value: str
    reason: str


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


def problems_in(
    file: str, line: int, row: Mapping[str, str], columns: Columns
) -> tuple[Problem, ...]:
    """One problem per bad value of a row, in the order of *columns*."""
    found = ((name, row.get(name) or "", kind) for name, kind in columns)
    return tuple(
        Problem(file, line, name, value, reason)
        for name, value, kind in found
        if (reason := fault_of(kind, value))
    )


def check_header(table: str, file: str, header: list[str]) -> None:
    """Pass when every column is there once. Raises BadInput naming the first that is not."""
    for name, _kind in TABLES[table]:
        if header.count(name) != 1:
            raise BadInput(
                table,
                "column",
                _(
                    "%(file)s: the column %(column)s is missing or there twice.",
                    file=file,
                    column=name,
                ),
            )


def normal_isrc(text: str) -> str:
    """Upper case without hyphens and spaces; not checked."""
    return text.upper().replace("-", "").replace(" ", "")
