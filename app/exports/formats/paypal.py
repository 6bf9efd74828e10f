"""PayPal Payouts by file: no header, one row a payment, one currency, at most 5,000 rows a file.

Columns: recipient, amount, currency, customer id, note, wallet. Amounts with a point. Source: docs/exports.md.
"""

from __future__ import annotations

from app.exports.rules.cells import csv_line
from app.exports.rules.parts import in_parts
from app.exports.rules.payments import Payment, PaymentOrder, refuse_payees
from app.kernel.errors import Invalid
from app.kernel.words import words as _

NAME = "paypal"
CONTENT_TYPE = "text/csv; charset=utf-8"
EXTENSION = "csv"
MOST_ROWS = 5000
_CURRENCIES = frozenset(
    "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD".split()
)
_WHOLE = frozenset({"HUF", "JPY", "TWD"})
"""Whose amounts PayPal takes without decimals, whatever ISO 4217 says."""


def to_parts(order: PaymentOrder) -> tuple[bytes, ...]:
    """As many files as the rows need. Raises Invalid for a currency PayPal does not pay, and naming payees that do not fit."""
    if order.currency not in _CURRENCIES:
        words = _("PayPal does not pay out in %(currency)s. Choose another format.",
                  currency=order.currency)  # fmt: skip
        raise Invalid("format", "currency", words)
    refuse_payees(
        [one.payee for one in order.payments if not one.to.paypal], _("They need a PayPal account")
    )
    if order.currency in _WHOLE:
        broken = [one.payee for one in order.payments if one.minor % 10**one.exponent]
        refuse_payees(broken, _("PayPal pays whole %(currency)s only", currency=order.currency))
    parts = in_parts(order.payments, MOST_ROWS, lambda _one: 1)
    return tuple("".join(map(_row, part)).encode() for part in parts)


def _row(payment: Payment) -> str:
    amount = payment.amount
    if payment.currency in _WHOLE:
        amount = amount.partition(".")[0]
    note = f"Royalty correction {payment.number}"
    return csv_line([payment.to.paypal, amount, payment.currency, payment.number, note, "PAYPAL"])
