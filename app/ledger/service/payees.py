"""Entering payees and changing where their money goes; only a mask of bank details is kept."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

from app.accounts.rules import Permission, require
from app.history.service import record
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, Stale
from app.kernel.text import clean_text
from app.kernel.words import words as _
from app.ledger.commands import ChangeBank, OpenPayee
from app.ledger.models import Payee


def masked(bank: str) -> str:
    """`DE89 3704 0044 0532 0130 00` → `•••• 3000`; empty stays empty."""
    plain = re.sub(r"[^0-9A-Za-z]", "", bank)
    return f"•••• {plain[-4:]}" if plain else ""


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


def change_bank(tx: Tx, command: ChangeBank, actor: Actor, clock: Clock) -> None:
    """Other bank details: approvals that are still open must look again. Raises NotFound, Stale."""
    require(actor, Permission.CORRECTION_PREPARE)
    row = tx.get(Payee, command.payee_id, with_for_update=True)
    if row is None:
        raise NotFound
    if row.version != command.version:
        raise Stale(
            _("These payee details changed since you opened them."),
            theirs=row.masked_bank,
            yours=masked(command.bank),
            version=row.version,
        )
    before = row.masked_bank
    row.masked_bank = masked(command.bank)
    row.bank_changed_at = clock.now()
    row.version += 1
    tx.flush()
    record(
        tx,
        actor,
        clock,
        verb="payee.bank_changed",
        subject=("payee", row.id),
        private={"from": before, "to": row.masked_bank},
    )
