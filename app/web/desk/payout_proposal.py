"""What the audit proposes for the form of the correction: a line for each payee, month and reason, whole cents that add up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.infra.db.transaction import Tx
from app.infra.i18n import ngettext
from app.kernel.actor import Actor
from app.kernel.money import Money
from app.recompute.queries import AuditRow, MonthRow, audit_by_id, owed_by_month
from app.recompute.rules.runs import RunState
from app.web.desk.money_form import MOST_LINES
from app.web.desk.rows import Line
from app.web.shared.audit_view import pairs_of
from app.web.shared.filters import short_when_words
from app.web.shared.typed_amounts import typed
from app.workflows.audit_proposal import amounts_of, line_of


def proposed_lines(
    tx: Tx, actor: Actor, case_id: UUID, audits: Sequence[AuditRow], audit_id: UUID
) -> dict[str, Any] | None:
    """Data of the form: currency and lines of payees who are owed something; None when nobody is, or nobody is known.

    A line for each payee, statement month and reason, the cents of each month as its total says. One currency at a
    time, the complainant's first. *audits*: the newest of the case; *left*: how many lines found no room. Raises `NotFound`.
    """
    known = next((one for one in audits if one.id == audit_id), None)
    audit = known or audit_by_id(tx, actor, audit_id)
    if audit.case_id != case_id or audit.state is not RunState.DONE:
        return None
    found = [row for row in owed_by_month(tx, actor, audit_id) if row.payee_id]
    payable = {(row.payee, row.currency) for row in found}
    pairs = [pair for pair in pairs_of(audit) if audit.figures[pair].owed > 0 and pair in payable]
    if not pairs:
        return None
    currency = pairs[0][1]
    lines = [
        _data(row, amount, actor.locale)
        for pair in pairs
        if pair[1] == currency
        for row, amount in amounts_of(_of_pair(found, pair))
        if amount
    ]
    left = max(len(lines) - MOST_LINES, 0)
    return {"currency": currency, "lines": lines[:MOST_LINES], "left": left}


def left_out(count: int) -> list[Line]:
    """What to say of lines that found no room."""
    if not count:
        return []
    words = ngettext(
        "%(num)s more line of the audit found no room here. Send this correction, then another for the rest.",
        "%(num)s more lines of the audit found no room here. Send this correction, then another for the rest.",
        count,
    )
    return [Line(words, "warn")]


def audit_choices(audits: Sequence[AuditRow], actor: Actor, now: datetime) -> list[tuple[str, str]]:
    """The runs that found something: (id, when)."""
    return [
        (str(one.id), short_when_words(one.ended_at or one.asked_at, actor.locale, actor.zone, now))
        for one in audits
        if one.state is RunState.DONE
    ]


def _of_pair(rows: Sequence[MonthRow], pair: tuple[str, str]) -> list[MonthRow]:
    return [row for row in rows if (row.payee, row.currency) == pair]


def _data(row: MonthRow, amount: Money, locale: str) -> dict[str, str]:
    line = line_of(row, amount, _payee(row))
    return {
        "payee": str(line.payee_id), "amount": typed(line.amount.amount, locale), "reason": line.reason.value,
        "period": line.period, "note": line.note,
    }  # fmt: skip


def _payee(row: MonthRow) -> UUID:
    assert row.payee_id is not None
    return row.payee_id
