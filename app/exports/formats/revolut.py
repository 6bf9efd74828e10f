"""Revolut Business bulk payments: EUR by IBAN and BIC, GBP to accounts in the United Kingdom, 1,000 rows a file.

Other currencies ask for the payee's address, which payees are not asked here. Source: docs/exports.md.
"""

from __future__ import annotations

from app.exports.rules.cells import csv_line, is_formula
from app.exports.rules.parts import in_parts
from app.exports.rules.payments import Payment, PaymentOrder, refuse_payees
from app.kernel.errors import Invalid
from app.kernel.words import words as _

NAME = "revolut"
CONTENT_TYPE = "text/csv; charset=utf-8"
EXTENSION = "csv"
MOST_ROWS = 1000
_TAIL = ("Recipient bank country", "Currency", "Amount", "Payment reference")
HEADERS = {
    "EUR": ("Name", "Recipient type", "IBAN", "BIC", *_TAIL),
    "GBP": ("Name", "Recipient type", "Account number", "Sort code", *_TAIL),
}


def to_parts(order: PaymentOrder) -> tuple[bytes, ...]:
    """As many files as the rows need. Raises Invalid for another currency, and naming payees that do not fit."""
    header = HEADERS.get(order.currency)
    if header is None:
        words = _("This file pays EUR and GBP, and this batch is in %(currency)s. Choose another format.",
                  currency=order.currency)  # fmt: skip
        raise Invalid("format", "currency", words)
    unfit = [one.payee for one in order.payments if not all(_account(one))]
    if order.currency == "EUR":
        refuse_payees(unfit, _("They need an IBAN with the BIC of its bank"))
    refuse_payees(unfit, _("They need a bank account in the United Kingdom"))
    refuse_payees(
        [one.payee for one in order.payments if is_formula(one.to.holder)],
        _(
            "The name on the account begins with a sign that spreadsheets run; ask them to correct it"
        ),
    )
    return tuple(
        "".join(map(csv_line, (header, *map(_cells, part)))).encode()
        for part in in_parts(order.payments, MOST_ROWS, lambda _one: 1)
    )


def _account(payment: Payment) -> tuple[str, str]:
    """Number and code of the bank, as the currency asks for them."""
    to = payment.to
    return (to.iban, to.bic) if payment.currency == "EUR" else (to.account, to.sort_code)


def _cells(payment: Payment) -> list[str]:
    to = payment.to
    kind = "Company" if to.is_company else "Individual"
    country = to.iban[:2] if payment.currency == "EUR" else "GB"
    return [
        to.holder, kind, *_account(payment), country, payment.currency, payment.amount, payment.number,
    ]  # fmt: skip
