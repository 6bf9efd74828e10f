"""A contract by its name: where it stood last, who its payee is in the ledger, and whether that payee has another one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, literal, select
from sqlalchemy.orm import aliased

from app.accounts.rules import Permission, may
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.terms.models import TermsBalance, TermsPayee
from app.terms.queries.rows import BINDINGS, in_force
from app.terms.rules.rows import Balance, Table


@dataclass(frozen=True, slots=True)
class ContractRow:
    """*last*: the newest month that was taken in. *payee_id*: None when the terms do not say who that is in the ledger.

    *alone*: its payee has no other contract in its currency.
    """

    last: Balance
    payee_id: UUID | None
    alone: bool


def contract_named(tx: Tx, actor: Actor, name: str) -> ContractRow | None:
    """The contract of that name; None for none."""
    other = aliased(TermsBalance)
    another = exists().where(
        in_force(other),
        other.payee == TermsBalance.payee,
        other.currency == TermsBalance.currency,
        other.contract != TermsBalance.contract,
    )
    row = tx.execute(
        select(TermsBalance, TermsPayee.payee_id, ~another)
        .outerjoin(TermsPayee, (TermsPayee.payee == TermsBalance.payee) & in_force(TermsPayee))
        .where(
            TermsBalance.contract == name,
            in_force(TermsBalance),
            literal(may(actor, Permission.TERMS_READ)),
        )
        .order_by(TermsBalance.month.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    last = BINDINGS[Table.BALANCES].row(row[0])
    assert isinstance(last, Balance)
    return ContractRow(last, row[1], row[2])
