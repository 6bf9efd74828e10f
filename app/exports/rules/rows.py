"""What a file for finance holds, whatever its format: the rows of DOMAIN 5.5, their checksums and totals.

The last column is a checksum chained over all rows before it, as the CSV writes them: dropping, adding,
reordering or changing any row changes the checksum of the last one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import ne
from typing import NamedTuple

from app.exports.rules.cells import chained_checksum, csv_line, number_cell, text_cells

COLUMNS = (
    "case_id",
    "decision_id",
    "correction_id",
    "payee_id",
    "legal_name",
    "period",
    "currency",
    "gross_correction",
    "withholding",
    "net",
    "reason_code",
    "original_line_ids",
    "approver_1",
    "approver_2",
    "export_batch_id",
    "posting_date",
    "payee_account",
    "counter_account",
    "tax_account",
    "checksum",
)


class NeutralRow(NamedTuple):
    """One correction line; a tuple, since a batch has a hundred thousand of them. Amounts: minor units of *currency*; *exponent*: its decimal places.

    Account codes as they counted on *posting_date*: a positive gross is debited to the *counter_account* and
    credited to the *payee_account*, its tax debited to that and credited to the *tax_account*. All four are
    empty in batches that were locked before there were codes.
    """

    case_ref: str
    decision_id: str
    correction_id: str
    payee_id: str
    legal_name: str
    period: str
    currency: str
    exponent: int
    gross: int
    withholding: int
    reason_code: str
    original_line_ids: tuple[str, ...]
    approver_1: str
    approver_2: str
    batch_id: str
    posting_date: str = ""
    payee_account: str = ""
    counter_account: str = ""
    tax_account: str = ""

    @property
    def net(self) -> int:
        """What reaches the payee, minor units."""
        return self.gross - self.withholding


Rows = Iterable[NeutralRow]
"""The rows of a file in their order, those of a correction together. A format may go through them twice, so no iterator
that is used up; it never holds them all."""


@dataclass(frozen=True, slots=True)
class ControlTotals:
    """What finance compares after the import. Amounts: minor units of the one currency of the file."""

    rows: int
    corrections: int
    gross: int
    withholding: int
    net: int


def cells_of(row: NeutralRow) -> list[str]:
    """The row as text, without its checksum; no cell is a formula."""
    before = (
        row.case_ref, row.decision_id, row.correction_id, row.payee_id, row.legal_name, row.period, row.currency,
    )  # fmt: skip
    after = (
        row.reason_code, " ".join(row.original_line_ids), row.approver_1, row.approver_2, row.batch_id,
        row.posting_date, row.payee_account, row.counter_account, row.tax_account,
    )  # fmt: skip
    texts = text_cells((*before, *after))
    gross = number_cell(row.gross, row.exponent)
    withheld = number_cell(row.withholding, row.exponent)
    net = number_cell(row.net, row.exponent) if row.withholding else gross
    return [*texts[: len(before)], gross, withheld, net, *texts[len(before) :]]


def checked_cells(rows: Rows) -> Iterator[tuple[NeutralRow, list[str]]]:
    """Each row, and it as text with its checksum, in order."""
    for row, cells, _line, checksum in _checked(rows):
        yield row, [*cells, checksum]


def checked_lines(rows: Rows) -> Iterator[str]:
    """The header and each row with its checksum, as the CSV writes them."""
    yield csv_line(COLUMNS)
    for _row, _cells, line, checksum in _checked(rows):
        yield f"{line[:-2]},{checksum}\r\n"


def _checked(rows: Rows) -> Iterator[tuple[NeutralRow, list[str], str, str]]:
    """Row, cells, their line without the checksum, and the checksum: hexadecimal, so that it never needs quotes."""
    checksum = hashlib.sha256(csv_line(COLUMNS).encode()).hexdigest()[:32]
    for row in rows:
        cells = cells_of(row)
        line = csv_line(cells)
        checksum = chained_checksum(checksum, line)
        yield row, cells, line, checksum


class Totalled:
    """Counts and adds up rows as they pass; *result* says what passed so far."""

    def __init__(self) -> None:
        self._rows = self._corrections = self._gross = self._withholding = 0
        self._last = ""

    def add(self, row: NeutralRow) -> None:
        """One row more, of the one currency of the file."""
        self._rows += 1
        self._gross += row.gross
        self._withholding += row.withholding
        if row.correction_id != self._last:
            self._corrections += 1
            self._last = row.correction_id

    def add_all(self, rows: Sequence[NeutralRow]) -> None:
        """*rows* more, the same but quicker."""
        if not rows:
            return
        keys = [row.correction_id for row in rows]
        self._rows += len(rows)
        self._gross += sum([row.gross for row in rows])
        self._withholding += sum([row.withholding for row in rows])
        self._corrections += sum(map(ne, keys, [self._last, *keys]))
        self._last = keys[-1]

    @property
    def result(self) -> ControlTotals:
        """Counts and sums; the net is what is left of the gross."""
        gross, withholding = self._gross, self._withholding
        return ControlTotals(self._rows, self._corrections, gross, withholding, gross - withholding)


def control_totals(rows: Rows) -> ControlTotals:
    """Counts and sums of *rows*, which share one currency; rows of a correction stand together."""
    counted = Totalled()
    for row in rows:
        counted.add(row)
    return counted.result
