"""What finance calls the tables of the terms, their columns, and how changes came in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import url_for

from app.infra.i18n import gettext as _
from app.infra.i18n import lazy_gettext as __
from app.kernel.money import Money
from app.terms.rules.rows import COLUMNS, MORE, Balance, Payee, Rate, Row, Table, plain
from app.web.shared.filters import money_words
from app.web.shared.shell import pick_locale

TABLE_WORDS: dict[Table, Any] = {
    Table.SPLITS: __("Shares"),
    Table.DEALS: __("Commission"),
    Table.PAYEES: __("Payees"),
    Table.WITHHOLDING: __("Tax withheld"),
    Table.FX: __("Rates"),
    Table.BALANCES: __("Balances"),
}
"""In the order of the tabs."""
COLUMN_WORDS: dict[str, Any] = {
    "isrc": __("Recording (ISRC)"),
    "fee_rate": __("Commission, as a fraction"),
    "payee": __("Payee"),
    "share": __("Share, as a fraction"),
    "territories": __("Territories"),
    "territory": __("Territory"),
    "rate": __("Rate"),
    "currency": __("Currency"),
    "from_month": __("From month"),
    "to_month": __("Until month, not included"),
    "month": __("Statement month"),
    "from_currency": __("From currency"),
    "to_currency": __("To currency"),
    "minimum": __("Smallest payout"),
    "payee_id": __("Payee of the ledger"),
    "source": __("Source"),
    "contract": __("Contract"),
    "opening": __("Opening"),
    "earned": __("Earned"),
    "recouped": __("Recouped"),
    "paid": __("Paid"),
    "closing": __("Closing"),
    "quoted_on": __("Of which day"),
}
WAY_WORDS: dict[str, Any] = {
    "file": __("File"),
    "form": __("By hand"),
    "api": __("By a program"),
}
EXAMPLES: dict[str, str] = {
    "isrc": "QZABC2600001", "fee_rate": "0.15", "share": "0.5", "territories": "WW", "territory": "US", "rate": "0.3",
    "currency": "EUR", "from_month": "2026-03", "to_month": "2026-09", "month": "2026-03", "from_currency": "EUR",
    "to_currency": "USD", "minimum": "25.00", "quoted_on": "2026-03-31",
}  # fmt: skip
NUMBERS = frozenset(
    {"opening", "earned", "recouped", "paid", "closing", "share", "fee_rate", "rate", "minimum"}
)
OPTIONAL = frozenset({"from_month", "to_month", "minimum", "source", "quoted_on"})


def columns_shown(table: Table) -> tuple[str, ...]:
    """Columns of the table on pages; identifiers of the ledger stay in files."""
    more = tuple(name for name in MORE[table] if name != "payee_id")
    return tuple(name for name, _kind in COLUMNS[table]) + more


def cells_shown(row: Row) -> tuple[str, ...]:
    """What stands in those columns; amounts as the reader writes them."""
    if isinstance(row, Balance):
        amounts = (row.opening, row.earned, row.recouped, row.paid, row.closing)
        said = row.cells[: -len(amounts)]
        return (*said, *(_money(amount, row.currency) for amount in amounts))
    if isinstance(row, Payee):
        minimum = "" if row.minimum is None else _money(row.minimum, row.currency)
        return (*row.cells, minimum)
    if isinstance(row, Rate):
        return (*row.cells, row.source, row.quoted_on.isoformat() if row.quoted_on else "")
    return row.cells


def _money(amount: Decimal, currency: str) -> str:
    return money_words(Money(amount, currency), pick_locale())


def heads_of(table: Table) -> list[dict[str, Any]]:
    """Heads of those columns."""
    return [{"text": COLUMN_WORDS[name], "num": name in NUMBERS} for name in columns_shown(table)]


def tabs_of(current: str) -> list[dict[str, Any]]:
    """The tabs: a table each, conflicts and changes. *current*: the name of a table, `conflicts` or `changes`."""
    tables = [
        (words, url_for("finance.terms_list", table=one.value), one.value)
        for one, words in TABLE_WORDS.items()
    ]
    more = [
        (_("Conflicts"), url_for("finance.terms_conflicts"), "conflicts"),
        (_("Changes"), url_for("finance.terms_changes"), "changes"),
    ]
    return [
        {"text": words, "href": href, "current": name == current}
        for words, href, name in [*tables, *more]
    ]


def percent(share: Decimal) -> str:
    """A fraction as people read it, all its places."""
    return f"{plain(share * 100)} %"
