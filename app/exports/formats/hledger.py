"""hledger: a plain-text journal that `hledger check --strict` passes, one transaction a correction line.

Names stand in the description alone: a comment is searched for tags, and `date:` in a name would be one.
Source: docs/exports.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.exports.rules.cells import number_cell
from app.exports.rules.journal import Journal, Leg, journals_by_line
from app.exports.rules.plain import one_line
from app.exports.rules.rows import NeutralRow
from app.kernel.errors import Invalid
from app.kernel.words import words as _

NAME = "hledger"
CONTENT_TYPE = "text/plain; charset=utf-8"
EXTENSION = "journal"
_OWN_MEANING = ";|"
"""What ends a description, or parts payee and note."""


def to_bytes(rows: Sequence[NeutralRow]) -> bytes:
    """The journal, with its accounts and currency declared. Raises Invalid for codes that cannot be accounts."""
    journals = journals_by_line(rows)
    accounts = sorted({_account(leg.account) for journal in journals for leg in journal.legs})
    lines = ["decimal-mark .", *(f"account {name}" for name in accounts), *_commodity(rows)]
    for journal in journals:
        lines += ["", *_transaction(journal)]
    return "\n".join([*lines, ""]).encode()


def _commodity(rows: Sequence[NeutralRow]) -> list[str]:
    if not rows:
        return []
    sample = number_cell(10 ** (rows[0].exponent + 3), rows[0].exponent)
    return [f"commodity {sample}{'' if rows[0].exponent else '.'} {rows[0].currency}"]


def _transaction(journal: Journal) -> list[str]:
    row = journal.legs[0].row
    payee, note = (
        one_line(text, _OWN_MEANING)
        for text in (row.legal_name, f"{row.case_ref} {row.reason_code} {row.period}")
    )
    return [
        f"{journal.day.isoformat()} * ({journal.number}) {payee} | {note}",
        *(_posting(leg, journal.currency) for leg in journal.legs),
    ]


def _posting(leg: Leg, currency: str) -> str:
    return f"    {_account(leg.account)}  {leg.signed} {currency}"


def _account(code: str) -> str:
    """A code as an account: two spaces or one at the end would end its name."""
    if code != one_line(code, ";"):
        raise Invalid(
            "format",
            "account_shape",
            _(
                "The account code %(code)s has two spaces in a row, or one at its end, and hledger cannot "
                "read it. Change it under Account codes, then cancel this batch and lock it again.",
                code=code,
            ),
        )
    return code
