"""What an audit proposes as a correction: a line for each payee, month and reason, whole cents that add up."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from app.corrections.rules.proposal import CorrectionReason, ProposalLine
from app.infra.i18n import gettext as _
from app.infra.i18n import ngettext
from app.kernel.money import Money
from app.recompute.queries import MonthRow
from app.recompute.rules.grouping import allocate
from app.recompute.rules.runs import LEFT_OUT

REASONS = {one.value: one for one in CorrectionReason} | {
    LEFT_OUT: CorrectionReason.NOT_ON_STATEMENT
}


def reason_of(name: str) -> CorrectionReason:
    """The reason of a line of the audit as corrections name it."""
    return REASONS.get(name, CorrectionReason.UNEXPLAINED)


def amounts_of(rows: Sequence[MonthRow]) -> list[tuple[MonthRow, Money]]:
    """Each row with its cents. *rows*: by payee, currency and month; the cents of each month add up to its total."""
    found: list[tuple[MonthRow, Money]] = []
    for _key, group in groupby(rows, lambda row: (row.payee, row.currency, row.statement_month)):
        month = list(group)
        cents = allocate([row.delta for row in month], month[0].owed, month[0].currency)
        found += [
            (row, Money(amount, row.currency)) for row, amount in zip(month, cents, strict=True)
        ]
    return found


def line_of(row: MonthRow, amount: Money, payee_id: UUID) -> ProposalLine:
    """The line of a correction."""
    return ProposalLine(
        payee_id, amount, reason_of(row.reason), period=row.statement_month,
        note=_("Payout audit, %(lines)s", lines=ngettext("%(num)s line", "%(num)s lines", row.lines)),
    )  # fmt: skip
