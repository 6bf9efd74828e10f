"""What the audit's files hold: columns, what each value must look like, and how a malformed one is named.

Source: the audit's contract, "Inputs" and "Problems".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.kernel.columns import DEALS, FX, PAYEES, SPLITS, WITHHOLDING, Columns, Kind, fault_of
from app.kernel.errors import Invalid
from app.kernel.words import words as _

ISRC_SHAPE = r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}"

SALES: Columns = (
    ("line_id", Kind.TEXT), ("statement_month", Kind.MONTH), ("sale_month", Kind.MONTH),
    ("store", Kind.NAME), ("territory", Kind.TERRITORY), ("isrc", Kind.ISRC), ("usage", Kind.TEXT),
    ("units", Kind.COUNT), ("gross", Kind.AMOUNT), ("currency", Kind.CURRENCY),
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
