"""Beancount: a plain-text ledger that `bean-check` passes alone and inside a larger one, a transaction a line.

It opens no accounts, since the ledger that includes it has; checked alone, the plugin does (a plugin named in an
included file does nothing). Account codes have to be names as Beancount has them. Source: docs/exports.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.exports.rules.journal import Journal, journals_by_line
from app.exports.rules.plain import one_line
from app.exports.rules.rows import Rows
from app.kernel.errors import Invalid
from app.kernel.words import words as _

NAME = "beancount"
CONTENT_TYPE = "text/plain; charset=utf-8"
EXTENSION = "beancount"
_ACCOUNT = re.compile(r"(Assets|Liabilities|Equity|Income|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+")


def to_texts(rows: Rows) -> Iterator[str]:
    """The ledger; its codes are looked at first, so the rows are gone through twice.

    Raises Invalid for codes that are no accounts, each of them named.
    """
    _check_accounts({leg.account for journal in journals_by_line(rows) for leg in journal.legs})
    yield 'plugin "beancount.plugins.auto_accounts"\n'
    for journal in journals_by_line(rows):
        yield "\n".join(("", *_transaction(journal), ""))


def _transaction(journal: Journal) -> list[str]:
    row = journal.legs[0].row
    note = " ".join(part for part in (row.case_ref, row.reason_code, row.period) if part)
    return [
        f"{journal.day.isoformat()} * {_quoted(row.legal_name)} {_quoted(note)}",
        f"  journal: {_quoted(journal.number)}",
        f"  correction: {_quoted(journal.correction_id)}",
        *(f"  {leg.account}  {leg.signed} {journal.currency}" for leg in journal.legs),
    ]


def _quoted(text: str) -> str:
    plain = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _check_accounts(codes: set[str]) -> None:
    wrong = sorted(code for code in codes if not _ACCOUNT.fullmatch(code))
    if wrong:
        raise Invalid(
            "format",
            "account_shape",
            _(
                "Beancount does not know these account codes: %(codes)s. It takes names such as "
                "Liabilities:Royalties. Change them under Account codes, then cancel this batch and lock it again.",
                codes=", ".join(wrong),
            ),
        )
