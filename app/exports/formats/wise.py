"""Wise batch payments: recipients by e-mail in one file, by the id of a recipient in another.

Who is paid in the currency of the batch gets the amount whole (amountCurrency target); who is paid in another gets
what the amount exchanges to (source). Source: docs/exports.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.exports.rules.cells import csv_line, is_formula
from app.exports.rules.parts import in_parts
from app.exports.rules.payments import Payment, PaymentOrder, refuse_payees
from app.kernel.words import words as _

NAME = "wise"
CONTENT_TYPE = "text/csv; charset=utf-8"
EXTENSION = "csv"
MOST_ROWS = 1000
BY_EMAIL = (
    "name", "recipientEmail", "paymentReference", "receiverType", "amountCurrency", "amount",
    "sourceCurrency", "targetCurrency",
)  # fmt: skip
BY_ID = (
    "recipientId", "name", "recipientEmail", "recipientDetail", "sourceCurrency", "targetCurrency",
    "amountCurrency", "amount", "paymentReference", "receiverType",
)  # fmt: skip


def to_parts(order: PaymentOrder) -> tuple[bytes, ...]:
    """First the files by e-mail, then those by id. Raises Invalid naming payees that do not fit."""
    refuse_payees(
        [one.payee for one in order.payments if not one.to.wise], _("They need a Wise account")
    )
    refuse_payees(
        [one.payee for one in order.payments if is_formula(one.to.holder)],
        _(
            "The name on the account begins with a sign that spreadsheets run; ask them to correct it"
        ),
    )
    emails = [one for one in order.payments if "@" in one.to.wise]
    ids = [one for one in order.payments if "@" not in one.to.wise]
    return (*_files(BY_EMAIL, emails, _by_email), *_files(BY_ID, ids, _by_id))


def _files(
    header: Sequence[str], payments: Sequence[Payment], cells: Callable[[Payment], list[str]]
) -> tuple[bytes, ...]:
    if not payments:
        return ()
    return tuple(
        "".join(map(csv_line, (header, *map(cells, part)))).encode()
        for part in in_parts(payments, MOST_ROWS, lambda _one: 1)
    )


def _by_email(payment: Payment) -> list[str]:
    to = payment.to
    return [
        to.holder, to.wise, payment.number, _receiver(payment), _side(payment), payment.amount,
        payment.currency, to.currency,
    ]  # fmt: skip


def _by_id(payment: Payment) -> list[str]:
    to = payment.to
    return [
        to.wise, to.holder, "", "", payment.currency, to.currency, _side(payment), payment.amount,
        payment.number, _receiver(payment),
    ]  # fmt: skip


def _side(payment: Payment) -> str:
    return "target" if payment.to.currency == payment.currency else "source"


def _receiver(payment: Payment) -> str:
    return "INSTITUTION" if payment.to.is_company else "PERSON"
