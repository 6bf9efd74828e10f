"""What a party may read of corrections: the lines of its own side's payees, once finance approved them.

With them, in the same statement, whether a run of the audit found something for this side at all.

Nothing about other payees, approvers, reasons of the desk or entries (DECISIONS 20).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, any_, exists, or_, select
from sqlalchemy.orm import join

from app.accounts.queries import sides_of
from app.cases.models import CaseMember
from app.corrections.models import Correction, CorrectionLine
from app.corrections.rules.lifecycle import CorrectionState
from app.infra.db.binds import CASE, SIDES, of_case
from app.infra.db.kept import ask
from app.infra.db.transaction import Tx, house
from app.kernel.actor import Actor
from app.kernel.money import Money
from app.ledger.models import Payee
from app.recompute.models import PayoutAudit, PayoutAuditTotal

S = CorrectionState
SHOWN = (S.APPROVED, S.POSTED, S.BATCHED, S.EXPORTED, S.ACKNOWLEDGED, S.MISMATCH, S.RETURNED)
PAID = frozenset({S.ACKNOWLEDGED})
SENT = frozenset({S.EXPORTED, S.MISMATCH, S.RETURNED})
"""Handed to the ledger; what it answered is finance's matter until the money is there."""


@dataclass(frozen=True, slots=True)
class OwnLine:
    """One change of the balance of somebody of the reader's side. *amount*: signed, + owed to them.

    *withheld*: the tax part of it. *period*: statement period it corrects, may be empty.
    """

    amount: Money
    withheld: Money
    period: str
    state: CorrectionState
    decision_id: UUID
    posted_at: datetime | None

    @property
    def is_paid(self) -> bool:
        """The ledger said that it is paid."""
        return self.state in PAID

    @property
    def is_sent(self) -> bool:
        """It is on its way to the ledger."""
        return self.state in SENT


@dataclass(frozen=True, slots=True)
class OwnMoney:
    """*lines*: the oldest first. *is_computed*: a run of the audit left figures that this side may read."""

    lines: tuple[OwnLine, ...] = ()
    is_computed: bool = False


def own_money(tx: Tx, actor: Actor, case_id: UUID) -> OwnMoney:
    """Approved corrections of the case for payees of the side of *actor*; nothing for others."""
    sides = [side.value for side in sides_of(tx, actor, case_id)]
    with house(tx):
        rows = ask(tx, _lines(), of_case(case_id) | {SIDES.key: sides})
    lines = (
        _own(row.CorrectionLine, row.Correction, gets=row.gets) for row in rows if row.Correction
    )
    return OwnMoney(tuple(lines), rows[0].is_computed)


@cache
def _lines() -> Select[bool, CorrectionLine, Correction, bool]:
    """Lines of the revision that stands, one empty row without any; whom an amount is taken from reads it with the other sign."""
    mine = (
        select(CaseMember.person_id)
        .where(
            CaseMember.case_id == CASE,
            CaseMember.side == any_(SIDES),
            CaseMember.revoked_at.is_(None),
        )
        .scalar_subquery()
    )
    payee_is = CorrectionLine.payee_id == Payee.id
    other_is = CorrectionLine.counter_payee_id == Payee.id
    current = and_(
        Correction.id == CorrectionLine.correction_id,
        Correction.revision == CorrectionLine.revision,
    )
    found = join(CorrectionLine, Correction, current).join(Payee, or_(payee_is, other_is))
    wanted = and_(
        CorrectionLine.case_id == CASE,
        Payee.person_id.in_(mine),
        Correction.state.in_([state.value for state in SHOWN]),
    )
    once = select(_computed().label("is_computed")).subquery()
    return (
        select(once.c.is_computed, CorrectionLine, Correction, payee_is.label("gets"))
        .select_from(once.outerjoin(found, wanted))
        .order_by(Correction.created_at, CorrectionLine.position)
    )


def _computed() -> ColumnElement[bool]:
    """By the runs of the case: figures stand by their run."""
    return exists().where(
        PayoutAudit.case_id == CASE,
        PayoutAuditTotal.audit_id == PayoutAudit.id,
        PayoutAuditTotal.side == any_(SIDES),
    )


def _own(line: CorrectionLine, fix: Correction, *, gets: bool) -> OwnLine:
    amount = line.amount_minor if gets else -line.amount_minor
    return OwnLine(
        amount=Money.from_minor(amount, line.currency),
        withheld=Money.from_minor(line.withholding_minor if gets else 0, line.currency),
        period=line.period,
        state=CorrectionState(fix.state),
        decision_id=fix.decision_id,
        posted_at=fix.posted_at,
    )
