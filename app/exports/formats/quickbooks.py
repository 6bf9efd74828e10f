"""QuickBooks Online, journal entries: CSV with debits and credits in columns of their own, grouped by number.

Accounts are found by name, `Parent:Sub` for a sub-account, and payees must be there as vendors. Numbers of
journals have 21 characters at most. Source: docs/exports.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.exports.rules.cells import csv_line, text_cell
from app.exports.rules.journal import Journal, journals_of
from app.exports.rules.plain import one_line
from app.exports.rules.rows import Rows

NAME = "quickbooks"
CONTENT_TYPE = "text/csv; charset=utf-8"
EXTENSION = "csv"
COLUMNS = (
    "JournalNo",
    "JournalDate",
    "AccountName",
    "Debits",
    "Credits",
    "Description",
    "Name",
    "Currency",
    "Location",
    "Class",
)


def to_texts(rows: Rows) -> Iterator[str]:
    """The file, line by line. Raises Invalid at the first row without codes."""
    yield csv_line(COLUMNS)
    for journal in journals_of(rows):
        yield from _lines(journal)


def _lines(journal: Journal) -> list[str]:
    day = f"{journal.day:%m/%d/%Y}"
    return [
        csv_line(
            (
                journal.number,
                day,
                text_cell(leg.account),
                leg.debit,
                leg.credit,
                text_cell(leg.words),
                text_cell(one_line(leg.row.legal_name)),
                journal.currency,
                *("", ""),
            )
        )
        for leg in journal.legs
    ]
