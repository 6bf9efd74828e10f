"""Writing journals: balanced, append-only, reversed by swapped sides and never edited."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, Refused
from app.kernel.words import words as _
from app.ledger.commands import Post
from app.ledger.models import Journal, LedgerAccount, Posting
from app.ledger.queries.balances import balance_of, entries_of_journal
from app.ledger.rules.posting import (
    AccountKind,
    AccountRef,
    Entry,
    JournalKind,
    check_balanced,
    check_reversible,
    reversal_of,
)


def post(tx: Tx, command: Post, actor: Actor, clock: Clock) -> UUID:
    """Write a journal with its postings; returns its id. Called by services that hold their own permission.

    Raises Invalid when it does not balance; the database refuses it again at commit.
    """
    check_balanced(command.entries)
    journal = Journal(
        id=uuid4(),
        kind=command.kind,
        case_id=command.case_id,
        narration=command.narration,
        actor_id=actor.person_id,
        posted_at=clock.now(),
    )
    return _write(tx, journal, command.entries, clock)


def reverse_journal(tx: Tx, journal_id: UUID, narration: str, actor: Actor, clock: Clock) -> UUID:
    """Post the same entries with swapped sides. Raises NotFound, Refused when reversed before (B099)."""
    original = tx.get(Journal, journal_id)
    if original is None:
        raise NotFound
    before = tx.scalar(select(Journal.id).where(Journal.reverses_id == journal_id))
    check_reversible(JournalKind(original.kind), reversed_already=before is not None)
    journal = Journal(
        id=uuid4(),
        kind=JournalKind.REVERSAL,
        case_id=original.case_id,
        narration=narration,
        reverses_id=journal_id,
        actor_id=actor.person_id,
        posted_at=clock.now(),
    )
    return _write(tx, journal, reversal_of(entries_of_journal(tx, journal_id)), clock)


def _write(tx: Tx, journal: Journal, entries: Sequence[Entry], clock: Clock) -> UUID:
    tx.add(journal)
    tx.flush()
    accounts = {entry.account for entry in entries}
    ids = {account: _account_id(tx, account, clock) for account in sorted(accounts, key=repr)}
    tx.add_all(
        Posting(
            id=uuid4(),
            journal_id=journal.id,
            position=position,
            account_id=ids[entry.account],
            currency=entry.account.currency,
            minor=entry.minor,
        )
        for position, entry in enumerate(entries, start=1)
    )
    tx.flush()
    _refuse_overdrawn(tx, accounts)
    return journal.id


def _refuse_overdrawn(tx: Tx, accounts: set[AccountRef]) -> None:
    """A case's hold never gives out more than was held."""
    for account in accounts:
        if account.kind is AccountKind.DISPUTE_HOLD and balance_of(tx, account) > 0:
            raise Refused("hold_overdrawn", _("This case does not hold that much money."))


def _account_id(tx: Tx, account: AccountRef, clock: Clock) -> UUID:
    """The account's id; it is made at its first use. Safe when two make it at once."""
    where = select(LedgerAccount.id).where(
        LedgerAccount.kind == account.kind,
        LedgerAccount.currency == account.currency,
        LedgerAccount.payee_id.is_not_distinct_from(account.payee_id),
        LedgerAccount.case_id.is_not_distinct_from(account.case_id),
    )
    found = tx.scalar(where)
    if found is not None:
        return found
    tx.execute(
        insert(LedgerAccount)
        .values(
            id=uuid4(),
            kind=account.kind,
            currency=account.currency,
            payee_id=account.payee_id,
            case_id=account.case_id,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing()
    )
    return tx.scalars(where).one()
