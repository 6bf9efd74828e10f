"""From frozen rows to payments: one a payee, what it is called, and what never reaches a bank.

A payee whose rows sum to zero or less is not paid: the sum stays their balance with us. Source: DOMAIN 5.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.exports.rules.cells import number_cell
from app.exports.rules.rows import NeutralRow
from app.kernel.errors import Invalid
from app.kernel.words import words as _


@dataclass(frozen=True, slots=True)
class PayTo:
    """Where a payee's money goes. Empty is what their kind of account does not have.

    *iban*: without spaces. *routing*, *account*: of a US bank, digits; *savings*: no checking account there.
    *bic* goes with an IBAN, *sort_code* with an account in the United Kingdom. *paypal*: e-mail. *wise*: e-mail or recipient id, in *currency*. *is_company*: the account is a company's.
    """

    holder: str
    iban: str = ""
    routing: str = ""
    account: str = ""
    savings: bool = False
    is_company: bool = False
    bic: str = ""
    sort_code: str = ""
    paypal: str = ""
    wise: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays. Empty is what the operator has not named.

    *ach_routing*, *ach_bank*: routing number and name of the bank that sends to the ACH network; *ach_company*:
    the ten characters by which that bank knows the house.
    """

    name: str
    iban: str = ""
    ach_routing: str = ""
    ach_company: str = ""
    ach_bank: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """What one payee is paid. *minor*: minor units of *currency*, more than 0. *number*: in this file and no other."""

    number: str
    payee: str
    to: PayTo
    minor: int
    exponent: int
    currency: str

    @property
    def amount(self) -> str:
        """As a file writes it."""
        return number_cell(self.minor, self.exponent)


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What a payment file holds. *rows*: those of the payees that are paid."""

    number: str
    currency: str
    made_at: datetime
    payer: Payer
    payments: tuple[Payment, ...]
    rows: tuple[NeutralRow, ...]


def paid_payees(rows: Sequence[NeutralRow]) -> dict[str, int]:
    """Net by payee id, minor units, in the order of the rows; only what is more than 0."""
    sums: dict[str, int] = {}
    for row in rows:
        sums[row.payee_id] = sums.get(row.payee_id, 0) + row.net
    return {payee: net for payee, net in sums.items() if net > 0}


def order_of(
    rows: Sequence[NeutralRow], accounts: Mapping[str, PayTo], payer: Payer, made_at: datetime
) -> PaymentOrder:
    """The payments of a batch. *accounts*: by payee id.

    Raises Invalid when nobody is paid, and naming every payee who gave no details.
    """
    paid = paid_payees(rows)
    if not paid:
        raise Invalid(
            "format",
            "nothing_to_pay",
            _("Nobody in this batch is owed money, so there is nothing to pay. Choose a journal."),
        )
    mine = tuple(row for row in rows if row.payee_id in paid)
    names = {row.payee_id: row.legal_name for row in mine}
    refuse_payees(
        [names[payee] for payee in paid if payee not in accounts],
        _("They have not said here how they are paid; ask them to do so under Payout account"),
    )
    number, exponent = _number(mine[0]), mine[0].exponent
    payments = tuple(
        Payment(
            f"{number}-{serial}", names[payee], accounts[payee], net, exponent, mine[0].currency
        )
        for serial, (payee, net) in enumerate(paid.items(), start=1)
    )
    return PaymentOrder(number, mine[0].currency, made_at, payer, payments, mine)


def refuse_payees(names: Sequence[str], why: str) -> None:
    """Pass without names; Invalid names them, says *why*, and what else can be done."""
    if names:
        raise Invalid(
            "format",
            "payee_unfit",
            _(
                "These payees cannot be paid by this file: %(who)s. %(why)s, or choose another format.",
                who=", ".join(names),
                why=why,
            ),
        )


def _number(row: NeutralRow) -> str:
    return f"R{row.batch_id.replace('-', '')[:10]}"
