"""Lines of a correction as a program sends them, for whoever proposes or changes one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.api.shapes.decisions import MoneyLine
from app.corrections.rules.proposal import ProposalLine
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.amounts import parse_amount
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, InvalidMany
from app.workflows.decide import payee_of_side


def lines_in(
    tx: Tx, case_id: UUID, sent: Sequence[MoneyLine], currency: str, actor: Actor, clock: Clock
) -> tuple[ProposalLine, ...]:
    """The lines with exact amounts in *currency*. Opens payees for parties. Raises `InvalidMany` naming `lines.0.amount`."""
    lines, problems = [], []
    for number, one in enumerate(sent):
        try:
            lines.append(_line(tx, case_id, one, currency, actor, clock))
        except Invalid as error:
            problems.append(Invalid(f"lines.{number}.{error.field}", error.code, error.message))
    if problems:
        raise InvalidMany(problems)
    return tuple(lines)


def _line(
    tx: Tx, case_id: UUID, one: MoneyLine, currency: str, actor: Actor, clock: Clock
) -> ProposalLine:
    amount = parse_amount(one.amount, "en", currency)
    tax = parse_amount(one.withheld, "en", currency, field="withheld") if one.withheld else None
    payee_id = one.payee_id
    if payee_id is None:
        assert one.side is not None
        payee_id = payee_of_side(tx, case_id, one.side, actor, clock)
    return ProposalLine(
        payee_id, amount, one.reason, one.note.strip(), one.period, withholding=tax, source_text=one.amount
    )  # fmt: skip
