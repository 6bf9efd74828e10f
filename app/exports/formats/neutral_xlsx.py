"""The neutral rows as a workbook (ECMA-376): a sheet of rows, a sheet of control totals, the same bytes each time.

Amounts are numbers with the decimals of their currency, handed over as Decimal: a float would be written
with its error (9364906.279999999). A spreadsheet keeps 15 digits; the ledger refuses larger amounts.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import IO

from xlsxwriter import Workbook

from app.exports.rules.rows import COLUMNS, Rows, Totalled, checked_cells
from app.kernel.errors import Invalid
from app.kernel.words import words as _

NAME = "neutral_xlsx"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSION = "xlsx"
_AMOUNTS = {COLUMNS.index(name) for name in ("gross_correction", "withholding", "net")}
_MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""A workbook carries the moment it was made; ours says the same each time."""
MOST_ROWS = 1_048_575
"""What a sheet takes below its header; the library drops what comes after without a word."""
_IN_MEMORY = 4 * 1024 * 1024
"""Bytes of the file that wait in memory; a larger one waits in a temporary file, since its table of contents comes last."""
_PIECE = 256 * 1024


def to_pieces(rows: Rows) -> Iterator[bytes]:
    """The file; text cells stay text and are never formulas (B183). *rows*: one currency. Raises Invalid for too many.

    The library's mode of constant memory: each row is written and forgotten, its texts stand in its cells.
    """
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as out:
        _write(out, rows)
        out.seek(0)
        yield from iter(lambda: out.read(_PIECE), b"")


def _write(out: IO[bytes], rows: Rows) -> None:
    book = Workbook(out, {"constant_memory": True})
    book.set_properties({"created": _MADE})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet("corrections")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(COLUMNS) - 1, 18)
    for column, name in enumerate(COLUMNS):
        sheet.write_string(0, column, name, bold)
    amount, counted, exponent = None, Totalled(), 2
    for line, (row, cells) in enumerate(checked_cells(rows), start=1):
        _check_room(line)
        counted.add(row)
        exponent = row.exponent
        amount = amount or _amount(book, exponent)
        for column, cell in enumerate(cells):
            if column in _AMOUNTS:
                sheet.write_number(line, column, Decimal(cell), amount)
            else:
                sheet.write_string(line, column, cell)
    _write_totals(book, counted, exponent, amount or _amount(book, exponent))
    book.close()


def _amount(book: Workbook, exponent: int) -> object:
    """How amounts of a currency look."""
    return book.add_format({"num_format": "0." + "0" * exponent if exponent else "0"})


def _check_room(line: int) -> None:
    if line > MOST_ROWS:
        raise Invalid(
            "format",
            "too_many_rows",
            _(
                "An Excel workbook takes %(limit)s rows, and this batch has more. Choose CSV or JSON.",
                limit=str(MOST_ROWS),
            ),
        )


def _write_totals(book: Workbook, counted: Totalled, exponent: int, amount: object) -> None:
    totals = counted.result
    sheet = book.add_worksheet("control_totals")
    sheet.set_column(0, 1, 18)
    sheet.write_string(0, 0, "rows")
    sheet.write_number(0, 1, totals.rows)
    sheet.write_string(1, 0, "corrections")
    sheet.write_number(1, 1, totals.corrections)
    for line, name in enumerate(("gross", "withholding", "net"), start=2):
        sheet.write_string(line, 0, name)
        sheet.write_number(line, 1, Decimal(getattr(totals, name)).scaleb(-exponent), amount)
