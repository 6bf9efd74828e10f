"""What the formats of an export are called, and what each is for."""

from __future__ import annotations

from typing import Any

from app.exports.formats import (
    beancount,
    hledger,
    nacha,
    netsuite,
    neutral,
    neutral_json,
    neutral_xlsx,
    pain001,
    paypal,
    quickbooks,
    revolut,
    wise,
    xero,
)
from app.infra.i18n import lazy_gettext as __

FORMAT_CHOICES: list[tuple[str, Any]] = [
    (neutral.NAME, __("CSV")),
    (neutral_xlsx.NAME, __("Excel workbook")),
    (neutral_json.NAME, __("JSON")),
    (xero.NAME, __("Xero manual journal")),
    (quickbooks.NAME, __("QuickBooks Online journal")),
    (netsuite.NAME, __("NetSuite journal")),
    (hledger.NAME, __("hledger journal")),
    (beancount.NAME, __("Beancount ledger")),
    (pain001.NAME, __("SEPA payments (pain.001)")),
    (nacha.NAME, __("ACH credits (NACHA)")),
    (paypal.NAME, __("PayPal Payouts")),
    (wise.NAME, __("Wise batch payments")),
    (revolut.NAME, __("Revolut bulk payments")),
]
"""By name; a test holds them to the formats there are."""
FORMAT_HINTS: dict[str, Any] = {
    neutral.NAME: __("One row a line, for most ledgers."),
    neutral_xlsx.NAME: __("The same rows, and a sheet with the control totals."),
    neutral_json.NAME: __("For a program; amounts are text."),
    xero.NAME: __("In the currency of your organisation; more than 300 lines become an archive."),
    quickbooks.NAME: __("Accounts by name, payees as vendors."),
    netsuite.NAME: __("For a mapping of the import assistant."),
    hledger.NAME: __("Plain text, with accounts and currency declared."),
    beancount.NAME: __("Plain text; account codes are names such as Liabilities:Royalties."),
    pain001.NAME: __(
        "Pays each payee their sum by IBAN. Who is owed nothing is left out and keeps it as balance."
    ),
    nacha.NAME: __("Pays each payee their sum in USD to a bank account in the United States."),
    paypal.NAME: __("Pays each payee their sum; more than 5,000 become an archive."),
    wise.NAME: __(
        "Pays each payee their sum; those known by e-mail and by recipient ID in a file each."
    ),
    revolut.NAME: __(
        "Pays each payee their sum in EUR by IBAN and BIC, in GBP in the United Kingdom."
    ),
}


def format_words(name: str) -> str:
    """The format of a file in words."""
    return str(dict(FORMAT_CHOICES).get(name, name))
