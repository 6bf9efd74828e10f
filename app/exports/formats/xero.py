"""Xero, manual journals: CSV of its template, one narration a correction, a debit positive and a credit negative.

The template takes up to 300 lines, so a longer export is several files. It has no column for the currency: Xero
books a manual journal in the currency of the organisation. Source: docs/exports.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.exports.rules.cells import csv_line, text_cell
from app.exports.rules.journal import Journal, journals_of
from app.exports.rules.parts import in_parts
from app.exports.rules.rows import Rows
from app.kernel.errors import Invalid
from app.kernel.words import words as _

NAME = "xero"
CONTENT_TYPE = "text/csv; charset=utf-8"
EXTENSION = "csv"
COLUMNS = (
    "*Narration",
    "*Date",
    "Description",
    "*AccountCode",
    "*TaxRate",
    "*Amount",
    "TrackingName1",
    "TrackingOption1",
    "TrackingName2",
    "TrackingOption2",
)
MOST_LINES = 300
_NO_TAX = "Tax Exempt"
"""Corrections carry no sales tax; an organisation whose rate has another name replaces this on import."""


def to_parts(rows: Rows) -> Iterator[bytes]:
    """The files, a correction never in two. Raises Invalid for rows without codes and a correction too long."""
    parts = in_parts(_fitting(rows), MOST_LINES, lambda journal: len(journal.legs))
    return (_file(part) for part in parts)


def _fitting(rows: Rows) -> Iterator[Journal]:
    for journal in journals_of(rows):
        if len(journal.legs) > MOST_LINES:
            raise _too_long(journal)
        yield journal


def _file(journals: Sequence[Journal]) -> bytes:
    lines = [csv_line(COLUMNS)]
    for journal in journals:
        narration = f"Correction {journal.number} {journal.case_ref}"
        head = [text_cell(narration), f"{journal.day:%d/%m/%Y}"]
        lines += [
            csv_line(
                (
                    *head,
                    text_cell(leg.words),
                    text_cell(leg.account),
                    _NO_TAX,
                    leg.signed,
                    *("", "", "", ""),
                )
            )
            for leg in journal.legs
        ]
    return "".join(lines).encode()


def _too_long(journal: Journal) -> Invalid:
    return Invalid(
        "format",
        "too_many_lines",
        _(
            "The correction of case %(case)s has %(count)s entries, and Xero takes %(limit)s a file. "
            "Choose another format.",
            case=journal.case_ref,
            count=str(len(journal.legs)),
            limit=str(MOST_LINES),
        ),
    )
