"""The neutral rows as a workbook (ECMA-376): a sheet of rows, a sheet of control totals, the same bytes each time.

Amounts are numbers with the decimals of their currency, handed over as Decimal: a float would be written
with its error (9364906.279999999). A spreadsheet keeps 15 digits; the ledger refuses larger amounts.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from xlsxwriter import Workbook

from app.exports.rules.rows import COLUMNS, NeutralRow, checked_cells, control_totals

NAME = "neutral_xlsx"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSION = "xlsx"
_AMOUNTS = {COLUMNS.index(name) for name in ("gross_correction", "withholding", "net")}
_MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""A workbook carries the moment it was made; ours says the same each time."""


def to_bytes(rows: Sequence[NeutralRow]) -> bytes:
    """The file; text cells stay text and are never formulas (B183). *rows*: one currency."""
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    book.set_properties({"created": _MADE})
    exponent = rows[0].exponent if rows else 2
    amount = book.add_format({"num_format": "0." + "0" * exponent if exponent else "0"})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("corrections")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(COLUMNS) - 1, 18)
    for column, name in enumerate(COLUMNS):
        sheet.write_string(0, column, name, bold)
    for line, cells in enumerate(checked_cells(rows), start=1):
        for column, cell in enumerate(cells):
            if column in _AMOUNTS:
                sheet.write_number(line, column, Decimal(cell), amount)
            else:
                sheet.write_string(line, column, cell)
    _write_totals(book, rows, amount)
    book.close()
    return out.getvalue()


def _write_totals(book: Workbook, rows: Sequence[NeutralRow], amount: object) -> None:
    totals, exponent = control_totals(rows), rows[0].exponent if rows else 2
    sheet = book.add_worksheet("control_totals")
    sheet.set_column(0, 1, 18)
    sheet.write_string(0, 0, "rows")
    sheet.write_number(0, 1, totals.rows)
    sheet.write_string(1, 0, "corrections")
    sheet.write_number(1, 1, totals.corrections)
    for line, name in enumerate(("gross", "withholding", "net"), start=2):
        sheet.write_string(line, 0, name)
        sheet.write_number(line, 1, Decimal(getattr(totals, name)).scaleb(-exponent), amount)
