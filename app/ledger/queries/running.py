"""What was posted on a payee's balance, by month and by the account on the other side."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import and_, case, cast, func, select
from sqlalchemy.orm import aliased
from sqlalchemy.types import Date

from app.accounts.rules import Permission, require
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.money import Money
from app.ledger.models import Journal, LedgerAccount, Posting
from app.ledger.queries.books import newest_codes
from app.ledger.rules.posting import AccountKind
from app.ledger.rules.running import Posted


def posted_by_month(
    tx: Tx, actor: Actor, payee_id: UUID, currency: str, since: date
) -> tuple[Posted, ...]:
    """Sums from the month *since* on, in the zone of the account codes (UTC without). Entries stand in pairs, one side
    behind the other; one without its other side is counted against the house's expense. Raises `Forbidden`.
    """
    require(actor, Permission.BATCH_READ)
    codes = newest_codes(tx)
    zone = codes.codes.zone if codes else "UTC"
    other, counter = aliased(Posting), aliased(LedgerAccount)
    beside = Posting.position + case((Posting.position % 2 == 1, 1), else_=-1)
    month = cast(func.date_trunc("month", func.timezone(zone, Journal.posted_at)), Date)
    kind = func.coalesce(counter.kind, AccountKind.ROYALTY_EXPENSE.value)
    rows = tx.execute(
        select(month, kind, func.sum(-Posting.minor))
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .join(Journal, Journal.id == Posting.journal_id)
        .outerjoin(
            other,
            and_(
                other.journal_id == Posting.journal_id,
                other.position == beside,
                other.minor == -Posting.minor,
            ),
        )
        .outerjoin(counter, counter.id == other.account_id)
        .where(
            LedgerAccount.kind == AccountKind.PAYABLE.value,
            LedgerAccount.payee_id == payee_id,
            LedgerAccount.currency == currency,
            month >= since,
        )
        .group_by(month, kind)
        .order_by(month, kind)
    )
    return tuple(
        Posted(first, AccountKind(name), Money.from_minor(int(total), currency).amount)
        for first, name, total in rows
    )
