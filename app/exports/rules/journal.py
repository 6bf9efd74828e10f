"""From frozen rows to journal entries that balance: what every ledger imports, however it writes it.

A line debits its counter account with the gross, and credits the payee with the net and the tax account with
the tax (DOMAIN 5.4); a negative one the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from app.exports.rules.cells import number_cell
from app.exports.rules.plain import one_line
from app.exports.rules.rows import NeutralRow, Rows
from app.kernel.errors import Invalid
from app.kernel.words import words as _


@dataclass(frozen=True, slots=True)
class Leg:
    """One posting. *minor*: minor units, a debit is positive; never 0. *row*: the line it comes from."""

    account: str
    minor: int
    row: NeutralRow

    @property
    def debit(self) -> str:
        """The amount when it is a debit, else nothing."""
        return number_cell(self.minor, self.row.exponent) if self.minor > 0 else ""

    @property
    def credit(self) -> str:
        """The amount when it is a credit, without its sign, else nothing."""
        return number_cell(-self.minor, self.row.exponent) if self.minor < 0 else ""

    @property
    def signed(self) -> str:
        """The amount, a credit with a minus."""
        return number_cell(self.minor, self.row.exponent)

    @property
    def words(self) -> str:
        """What the posting is for."""
        said = (self.row.case_ref, self.row.legal_name, self.row.reason_code, self.row.period)
        return one_line(" ".join(said))


@dataclass(frozen=True, slots=True)
class Journal:
    """The entry of one correction, or of one of its lines; its legs sum to 0.

    *number*: names it in every file of its batch and in no other, 18 characters at most.
    """

    number: str
    day: date
    currency: str
    case_ref: str
    correction_id: str
    legs: tuple[Leg, ...]


def journals_of(rows: Rows) -> Iterator[Journal]:
    """One entry a correction, in the order of the file. Raises Invalid at the first row that has no account codes."""
    groups = groupby(rows, key=lambda row: row.correction_id)
    return (_journal(list(mine), serial) for serial, (_id, mine) in enumerate(groups, start=1))


def journals_by_line(rows: Rows) -> Iterator[Journal]:
    """One entry a line, for ledgers that name one payee an entry. Raises as `journals_of`."""
    return (_journal([row], serial) for serial, row in enumerate(rows, start=1))


def _journal(rows: list[NeutralRow], serial: int) -> Journal:
    first = rows[0]
    return Journal(
        number=f"R{first.batch_id.replace('-', '')[:10]}-{serial}",
        day=_day_of(first),
        currency=first.currency,
        case_ref=first.case_ref,
        correction_id=first.correction_id,
        legs=tuple(leg for row in rows for leg in _legs(row)),
    )


def _day_of(row: NeutralRow) -> date:
    if not row.posting_date:
        raise _without_codes()
    return date.fromisoformat(row.posting_date)


def _legs(row: NeutralRow) -> tuple[Leg, ...]:
    legs = (
        Leg(row.counter_account, row.gross, row),
        Leg(row.payee_account, -row.net, row),
        Leg(row.tax_account, -row.withholding, row),
    )
    said = tuple(leg for leg in legs if leg.minor)
    if not all(leg.account for leg in said):
        raise _without_codes()
    return said


def _without_codes() -> Invalid:
    return Invalid(
        "format",
        "no_account_codes",
        _(
            "This batch was locked before there were account codes, so no journal can be written. "
            "Choose CSV, Excel workbook or JSON."
        ),
    )
