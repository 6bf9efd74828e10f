"""The file that pays a batch: details are opened for it alone, and it lies sealed in the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.corrections.models import Batch
from app.exports.rules.payments import Payer, PaymentOrder, PayTo, order_of, paid_payees
from app.exports.rules.rows import NeutralRow
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, Unavailable
from app.kernel.words import words as _
from app.ledger.rules.bank import BankDetails, Owner, PayoutKind
from app.ledger.service.payees import open_banks


@dataclass(frozen=True, slots=True)
class Rails:
    """How money leaves this installation.

    *open_bank*: what a payee gave, or None when no key of ours opens it. *seal_file*, *open_file*: for a file
    that names accounts.
    """

    payer: Payer
    open_bank: Callable[[str], str | None]
    seal_file: Callable[[str], str]
    open_file: Callable[[str], str | None]

    def sealed(self, content: bytes) -> bytes:
        """A file as it lies in the store: byte for character, as an archive is no text."""
        return self.seal_file(content.decode("latin-1")).encode()

    def opened(self, stored: bytes) -> bytes:
        """The file as it left. Raises Unavailable when no key opens it."""
        found = self.open_file(stored.decode("ascii", "replace"))
        if found is None:
            raise Unavailable("storage", "no key opens the stored payment file")
        return found.encode("latin-1")


def needed(rails: Rails | None) -> Rails:
    """The rails; a caller without them cannot pay. Raises Invalid."""
    if rails is None:
        raise Invalid("format", "unknown", _("Choose one of the formats that are offered."))
    return rails


def payment_order(
    tx: Tx, batch: Batch, rows: Sequence[NeutralRow], rails: Rails, actor: Actor, clock: Clock
) -> PaymentOrder:
    """What the file pays, and from which rows. Raises Invalid naming what does not fit, for a reversing batch too."""
    if batch.reverses_id:
        raise Invalid(
            "format",
            "reversing_batch",
            _("A batch that turns another one back is booked, not paid. Choose a journal."),
        )
    ids = frozenset(UUID(payee) for payee in paid_payees(rows))
    opened = open_banks(tx, ids, actor, rails.open_bank)
    accounts = {str(payee): _pay_to(bank) for payee, bank in opened.items()}
    return order_of(rows, accounts, rails.payer, clock.now())


def _pay_to(bank: BankDetails) -> PayTo:
    """What files may use of these details; no more than the kind has."""
    is_us, is_uk = (
        bank.kind is PayoutKind.US_ACCOUNT,
        bank.kind is PayoutKind.REVOLUT and not bank.iban,
    )
    return PayTo(
        bank.holder,
        iban=bank.iban,
        routing=bank.bank_code if is_us else "",
        account=bank.account if is_us or is_uk else "",
        bic=bank.bank_code if bank.iban else "",
        sort_code=bank.bank_code if is_uk else "",
        savings=bank.savings,
        is_company=bank.owner is Owner.COMPANY,
        paypal=bank.email if bank.kind is PayoutKind.PAYPAL else "",
        wise=(bank.email or bank.recipient) if bank.kind is PayoutKind.WISE else "",
        currency=bank.currency,
    )
