"""What a decision's letter says about money: to each side its own payees' lines, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

from app.cases.queries import members_of
from app.corrections.queries.corrections import correction_view, corrections_of
from app.corrections.queries.views import CorrectionView, LineView
from app.corrections.rules.lifecycle import CorrectionState
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.sides import Side
from app.letters.rules.context import MoneyLine

NOT_MOVING = frozenset(
    {
        CorrectionState.PROPOSED,
        CorrectionState.APPROVED_ONCE,
        CorrectionState.RETURNED,
        CorrectionState.CANCELLED,
    }
)


def money_by_side(
    tx: Tx, actor: Actor, clock: Clock, case_id: UUID, decision_id: UUID
) -> dict[Side, tuple[MoneyLine, ...]]:
    """Approved lines of the decision whose payee is a member of that side. For the system's scope."""
    sides = {member.person_id: member.side for member in members_of(tx, actor, case_id)}
    found: dict[Side, tuple[MoneyLine, ...]] = {}
    for row in corrections_of(tx, actor, clock, case_id):
        view = correction_view(tx, actor, clock, row.id)
        if view.decision_id != decision_id or view.state in NOT_MOVING:
            continue
        for person_id, line in _lines(view):
            side = sides.get(person_id)
            if side is not None:
                found[side] = (*found.get(side, ()), line)
    return found


def _lines(view: CorrectionView) -> Iterator[tuple[UUID, MoneyLine]]:
    """(person, line) for each payee with an account; a counter-payee sees the same amount taken back."""
    for entry in view.lines:
        amount = entry.line.amount.amount
        withheld = entry.line.withheld.amount
        if entry.payee.person_id is not None:
            yield entry.payee.person_id, _line(entry, amount)
            if withheld:
                yield entry.payee.person_id, _line(entry, -withheld, "tax")
        other = entry.counter_payee
        if other is not None and other.person_id is not None:
            yield other.person_id, _line(entry, -amount)


def _line(entry: LineView, amount: Decimal, purpose: str = "royalties") -> MoneyLine:
    line = entry.line
    month = date.fromisoformat(f"{line.period}-01") if line.period else None
    return MoneyLine("", format(amount, "f"), line.amount.currency, None, purpose, month)
