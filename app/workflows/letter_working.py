"""How the audit came to an amount, as the letter of a decision tells it: to each side its own payee's lines."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from app.decisions.queries import decision_by_id
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.money import Money, sum_money
from app.kernel.sides import Side
from app.letters.rules.context import Working, WorkingLine
from app.recompute.queries import (
    GroupRow,
    TotalRow,
    Wanted,
    audit_by_id,
    groups_page,
    totals_of_run,
)

SHOWN = 24
"""Lines in a letter; the page of the case has all."""


def working_by_side(tx: Tx, actor: Actor, decision_id: UUID) -> dict[Side, Working]:
    """The run on which the decision rests, where it found something for the payee of a side. For the system's scope."""
    audit_id = decision_by_id(tx, actor, decision_id).content.audit_id
    if not audit_id:
        return {}
    found = {}
    for side in (Side.COMPLAINANT, Side.RESPONDENT):
        totals = totals_of_run(tx, actor, UUID(audit_id), side)
        if totals:
            found[side] = _working(tx, actor, totals)
    return found


def _working(tx: Tx, actor: Actor, totals: tuple[TotalRow, ...]) -> Working:
    first = totals[0]
    payee, currency = first.payee, first.paid.currency
    own = [one for one in totals if (one.payee, one.paid.currency) == (payee, currency)]
    paid = sum_money([one.paid for one in own], currency)
    expected = sum_money([one.expected for one in own], currency)
    page = groups_page(tx, actor, Wanted(first.audit_id, payee, currency, differ_only=True))
    lines = tuple(_line(row) for row in page.rows[:SHOWN])
    differ = audit_by_id(tx, actor, first.audit_id).figures[payee, currency].differ
    return Working(
        _text(paid), _text(expected), _text(expected - paid), currency, lines, differ - len(lines)
    )


def _line(row: GroupRow) -> WorkingLine:
    month = date.fromisoformat(f"{row.statement_month}-01")
    return WorkingLine(
        month, row.store, row.territory, _text(row.paid), _text(row.expected), row.currency, row.reason
    )  # fmt: skip


def _text(money: Money) -> str:
    return format(money.rounded().amount, "f")
