"""Reads of payees, journals and balances."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from app.accounts.queries import case_scope
from app.accounts.rules import Permission, require
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.money import Money
from app.ledger.models import Journal, LedgerAccount, Payee, Posting
from app.ledger.rules.posting import AccountKind, AccountRef, Entry

PAGE = 50


@dataclass(frozen=True, slots=True)
class PayeeRow:
    """Who is paid. *masked_bank*: the last four characters only; *payout_kind*: empty for what finance entered."""

    id: UUID
    person_id: UUID | None
    legal_name: str
    masked_bank: str
    bank_changed_at: datetime | None
    created_at: datetime
    version: int
    payout_kind: str = ""


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A posted journal with its entries in order."""

    id: UUID
    kind: str
    narration: str
    posted_at: datetime
    reverses_id: UUID | None


def payees_offered(
    tx: Tx,
    actor: Actor,
    named: str = "",
    *,
    people: Collection[UUID] = (),
    chosen: Collection[UUID] = (),
) -> tuple[PayeeRow, ...]:
    """At most 50 payees with a word that begins with *named*, by name; beside them those of *people* and those *chosen*."""
    require(actor, Permission.CORRECTION_READ)
    found = select(Payee.id).order_by(Payee.legal_name, Payee.id).limit(PAGE)
    if named:
        name = Payee.legal_name
        found = found.where(
            or_(name.istartswith(named, autoescape=True), name.icontains(f" {named}", autoescape=True))
        )  # fmt: skip
    query = select(Payee).where(
        or_(Payee.id.in_(found), Payee.person_id.in_(people), Payee.id.in_(chosen))
    )
    rows = tx.scalars(query.order_by(Payee.legal_name, Payee.id))
    return tuple(_payee_row(row) for row in rows)


def payee_of_person(tx: Tx, actor: Actor, person_id: UUID) -> UUID | None:
    """The payee that was entered first for a person; None when they have none."""
    require(actor, Permission.CORRECTION_READ)
    query = select(Payee.id).where(Payee.person_id == person_id)
    return tx.scalar(query.order_by(Payee.created_at, Payee.id).limit(1))


def payees_by_id(tx: Tx, ids: frozenset[UUID]) -> dict[UUID, PayeeRow]:
    """The payees of *ids*; unknown ones are absent."""
    rows = tx.scalars(select(Payee).where(Payee.id.in_(ids))) if ids else ()
    return {row.id: _payee_row(row) for row in rows}


def sealed_banks(tx: Tx, ids: frozenset[UUID]) -> dict[UUID, str]:
    """Sealed bank details of *ids*; who gave none is absent."""
    query = select(Payee.id, Payee.sealed_bank).where(
        Payee.id.in_(ids), Payee.sealed_bank.is_not(None)
    )
    return {payee: sealed or "" for payee, sealed in tx.execute(query)}


def own_payees(tx: Tx, actor: Actor) -> tuple[PayeeRow, ...]:
    """The payees that belong to the actor's account, the oldest first; almost always none or one."""
    rows = tx.scalars(
        select(Payee)
        .where(Payee.person_id == actor.person_id, Payee.person_id.is_not(None))
        .order_by(Payee.created_at, Payee.id)
    )
    return tuple(_payee_row(row) for row in rows)


def own_payee_for_update(tx: Tx, actor: Actor, payee_id: UUID) -> Payee | None:
    """The payee, locked until the transaction ends; None when it is not the actor's own."""
    if actor.person_id is None:
        return None
    return tx.scalar(
        select(Payee)
        .where(Payee.id == payee_id, Payee.person_id == actor.person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _payee_row(row: Payee) -> PayeeRow:
    return PayeeRow(
        row.id,
        row.person_id,
        row.legal_name,
        row.masked_bank,
        row.bank_changed_at,
        row.created_at,
        row.version,
        row.payout_kind,
    )


def entries_of_journal(tx: Tx, journal_id: UUID) -> tuple[Entry, ...]:
    """Entries of a journal in their order; empty for an unknown one."""
    query = (
        select(
            LedgerAccount.kind,
            Posting.currency,
            LedgerAccount.payee_id,
            LedgerAccount.case_id,
            Posting.minor,
        )
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(Posting.journal_id == journal_id)
        .order_by(Posting.position)
    )
    return tuple(
        Entry(AccountRef(AccountKind(kind), currency, payee_id, case_id), minor)
        for kind, currency, payee_id, case_id, minor in tx.execute(query)
    )


def balance_of(tx: Tx, account: AccountRef) -> Money:
    """Sum of the account's postings, debit positive: a payable that is owed is negative."""
    total = tx.scalar(
        select(func.coalesce(func.sum(Posting.minor), 0))
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(
            LedgerAccount.kind == account.kind,
            LedgerAccount.currency == account.currency,
            LedgerAccount.payee_id.is_not_distinct_from(account.payee_id),
            LedgerAccount.case_id.is_not_distinct_from(account.case_id),
        )
    )
    return Money.from_minor(int(total or 0), account.currency)


def journals_of(tx: Tx, actor: Actor, case_id: UUID) -> tuple[JournalRow, ...]:
    """Everything posted because of a case, oldest first."""
    require(actor, Permission.CORRECTION_READ)
    query = (
        select(Journal)
        .where(Journal.case_id == case_id, case_scope(actor, Journal.case_id))
        .order_by(Journal.posted_at, Journal.id)
    )
    return tuple(
        JournalRow(row.id, row.kind, row.narration, row.posted_at, row.reverses_id)
        for row in tx.scalars(query)
    )


def trial_balance(tx: Tx, actor: Actor) -> tuple[tuple[AccountKind, Money], ...]:
    """Sum of each kind of account per currency, debit positive; a currency adds up to nothing."""
    require(actor, Permission.BATCH_READ)
    query = (
        select(LedgerAccount.kind, Posting.currency, func.sum(Posting.minor))
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .group_by(LedgerAccount.kind, Posting.currency)
        .order_by(Posting.currency, LedgerAccount.kind)
    )
    return tuple(
        (AccountKind(kind), Money.from_minor(int(total), currency))
        for kind, currency, total in tx.execute(query)
    )
