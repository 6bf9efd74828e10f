"""hledger: a plain-text journal that `hledger check --strict` passes, one transaction a correction line.

Names stand in the description alone: a comment is searched for tags, and `date:` in a name would be one.
Source: docs/exports.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.exports.rules.cells import number_cell
from app.exports.rules.journal import Journal, Leg, journals_by_line
from app.exports.rules.plain import one_line
from app.exports.rules.rows import NeutralRow, Rows
from app.kernel.errors import Invalid
from app.kernel.words import words as _

NAME = "hledger"
CONTENT_TYPE = "text/plain; charset=utf-8"
EXTENSION = "journal"
_OWN_MEANING = ";|"
"""What ends a description, or parts payee and note."""


def to_texts(rows: Rows) -> Iterator[str]:
    """The journal, its accounts and currency declared first: the rows are gone through twice.

    Raises Invalid for codes that cannot be accounts.
    """
    accounts: set[str] = set()
    first: NeutralRow | None = None
    for journal in journals_by_line(rows):
        accounts.update(leg.account for leg in journal.legs)
        first = first or journal.legs[0].row
    yield "decimal-mark .\n"
    for name in sorted(map(_account, accounts)):
        yield f"account {name}\n"
    if first:
        yield _commodity(first)
    for journal in journals_by_line(rows):
        yield "\n".join(("", *_transaction(journal), ""))


def _commodity(row: NeutralRow) -> str:
    sample = number_cell(10 ** (row.exponent + 3), row.exponent)
    return f"commodity {sample}{'' if row.exponent else '.'} {row.currency}\n"


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
