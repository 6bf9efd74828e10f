"""What a file for finance holds, whatever its format: the rows of DOMAIN 5.5, their checksums and totals.

The last column is a checksum chained over all rows before it, as the CSV writes them: dropping, adding,
reordering or changing any row changes the checksum of the last one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.exports.rules.cells import chained_checksum, csv_line, number_cell, text_cell

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


@dataclass(frozen=True, slots=True)
class NeutralRow:
    """One correction line. Amounts: minor units of *currency*; *exponent*: its decimal places.

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
    return [
        text_cell(row.case_ref),
        text_cell(row.decision_id),
        text_cell(row.correction_id),
        text_cell(row.payee_id),
        text_cell(row.legal_name),
        text_cell(row.period),
        text_cell(row.currency),
        number_cell(row.gross, row.exponent),
        number_cell(row.withholding, row.exponent),
        number_cell(row.net, row.exponent),
        text_cell(row.reason_code),
        text_cell(" ".join(row.original_line_ids)),
        text_cell(row.approver_1),
        text_cell(row.approver_2),
        text_cell(row.batch_id),
        text_cell(row.posting_date),
        text_cell(row.payee_account),
        text_cell(row.counter_account),
        text_cell(row.tax_account),
    ]


def checked_cells(rows: Iterable[NeutralRow]) -> Iterator[list[str]]:
    """Each row as text with its checksum, in order."""
    checksum = hashlib.sha256(csv_line(COLUMNS).encode()).hexdigest()[:32]
    for row in rows:
        cells = cells_of(row)
        checksum = chained_checksum(checksum, csv_line(cells))
        yield [*cells, checksum]


def control_totals(rows: Sequence[NeutralRow]) -> ControlTotals:
    """Counts and sums of *rows*, which share one currency."""
    return ControlTotals(
        rows=len(rows),
        corrections=len({row.correction_id for row in rows}),
        gross=sum(row.gross for row in rows),
        withholding=sum(row.withholding for row in rows),
        net=sum(row.net for row in rows),
    )
