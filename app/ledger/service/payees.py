"""Entering payees, and the payee's own change of where money goes: sealed at rest, shown as a mask."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

from app.accounts.rules import Permission, require
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, Stale
from app.kernel.text import clean_text
from app.kernel.words import words as _
from app.ledger.commands import ChangeBank, OpenPayee
from app.ledger.events import BankChanged
from app.ledger.models import Payee
from app.ledger.queries.balances import own_payee_for_update, sealed_banks
from app.ledger.rules.bank import BankDetails, bank_from_text, masked

Seal = Callable[[str], str]
"""Encrypts and authenticates text with a key of this installation."""
Unseal = Callable[[str], str | None]
"""Opens what that key sealed; None for anything else."""


def open_payee(tx: Tx, command: OpenPayee, actor: Actor, clock: Clock) -> UUID:
    """Enter a payee. Returns its id. Raises Invalid for a name that is empty or too long."""
    require(actor, Permission.CORRECTION_PREPARE)
    name = clean_text(command.legal_name, field="legal_name", max_length=200, required=True)
    row = Payee(
        id=uuid4(),
        person_id=command.person_id,
        legal_name=name,
        masked_bank=masked(command.bank),
        version=1,
        created_at=clock.now(),
    )
    tx.add(row)
    tx.flush()
    record(
        tx,
        actor,
        clock,
        verb="payee.opened",
        subject=("payee", row.id),
        private={"legal_name": name, "bank": row.masked_bank},
    )
    return row.id


def change_bank(tx: Tx, command: ChangeBank, actor: Actor, clock: Clock, seal: Seal) -> None:
    """The payee's own change: nobody else enters where somebody's money goes.

    Open approvals must look again (B098), money to it waits (`rules.bank.DELAY`), and the addresses of the
    account are told (B103). Raises NotFound for a payee that is not the actor's, Stale.
    """
    row = own_payee_for_update(tx, actor, command.payee_id)
    if row is None:
        raise NotFound
    new = command.details.mask
    if row.version != command.version:
        raise Stale(
            _("These payee details changed since you opened them."),
            theirs=row.masked_bank,
            yours=new,
            version=row.version,
        )
    before = row.masked_bank
    row.masked_bank, row.sealed_bank = new, seal(command.details.to_text())
    row.payout_kind = command.details.kind
    row.bank_changed_at = clock.now()
    row.version += 1
    tx.flush()
    record(
        tx,
        actor,
        clock,
        verb="payee.bank_changed",
        subject=("payee", row.id),
        data={"kind": row.payout_kind},
        private={"from": before, "to": new},
    )
    assert row.person_id is not None
    emit(tx, BankChanged(None, row.id, row.person_id))


def open_banks(
    tx: Tx, ids: frozenset[UUID], actor: Actor, unseal: Unseal
) -> dict[UUID, BankDetails]:
    """Bank details for a file that pays, and for nothing else: neither shown nor logged.

    Who gave none, or whose no key of ours opens, is absent. Raises Forbidden.
    """
    require(actor, Permission.BATCH_EXPORT)
    texts = {payee: unseal(sealed) for payee, sealed in sealed_banks(tx, ids).items()}
    return {payee: bank_from_text(text) for payee, text in texts.items() if text is not None}
