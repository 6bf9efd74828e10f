"""NetSuite, journal entries: CSV for a mapping of its import assistant, one external id a correction.

Empty columns (subsidiary, rate, department, location, class) are there for the mapping and filled by its
defaults. Source: docs/exports.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from app.exports.rules.cells import csv_line, text_cell
from app.exports.rules.journal import Journal, journals_of
from app.exports.rules.plain import one_line
from app.exports.rules.rows import Rows

NAME = "netsuite"
CONTENT_TYPE = "text/csv; charset=utf-8"
EXTENSION = "csv"
COLUMNS = (
    "External ID",
    "Subsidiary",
    "Currency",
    "Exchange Rate",
    "Date",
    "Posting Period",
    "Account",
    "Debit",
    "Credit",
    "Department",
    "Location",
    "Class",
    "Name",
    "Memo",
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""As NetSuite names its periods, whatever the language of the machine."""


def to_texts(rows: Rows) -> Iterator[str]:
    """The file, line by line. Raises Invalid at the first row without codes."""
    yield csv_line(COLUMNS)
    for journal in journals_of(rows):
        yield from _lines(journal)


def _lines(journal: Journal) -> list[str]:
    day = f"{journal.day:%m/%d/%Y}"
    head = [journal.number, "", journal.currency, "", day, _period(journal.day)]
    return [
        csv_line(
            (
                *head,
                text_cell(leg.account),
                leg.debit,
                leg.credit,
                *("", "", ""),
                text_cell(one_line(leg.row.legal_name)),
                text_cell(leg.words),
            )
        )
        for leg in journal.legs
    ]


def _period(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.year}"
