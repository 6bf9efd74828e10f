"""Payout audits of cases as they travel: the run, its totals, its lines."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from app.api.shapes.frame import Body, Cursor, Page, Shown, page_example, plain
from app.api.shapes.money import Amount
from app.recompute.queries import AuditRow, GroupRow, LineRow, TotalRow
from app.recompute.rules.runs import LEFT_OUT, RunState
from app.recompute.rules.words import CAUSE_WORDS, said

_ID = "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c"
_LINE: dict[str, Any] = {
    "number": 1, "statement_month": "2026-09", "sale_month": "2026-07", "store": "Spotify", "territory": "DE", "isrc": "QZABC2600001",
    "units": "184210", "paid": "314.220000000000", "expected": "628.440000000000", "difference": "314.220000000000",
    "reason": "split_version", "detail": "share=0.25 from 2026-01",
}  # fmt: skip
_TOTAL: dict[str, Any] = {
    "payee": "sabina", "statement_month": "2026-09", "paid": {"amount": "533.72", "currency": "EUR"},
    "expected": {"amount": "946.55", "currency": "EUR"}, "owed": {"amount": "412.83", "currency": "EUR"},
}  # fmt: skip
_AUDIT: dict[str, Any] = {
    "id": _ID, "state": "done", "percent": 100, "rules_version": "1", "asked_at": "2026-11-20T09:00:00Z",
    "ended_at": "2026-11-20T09:01:00Z", "inputs": {}, "totals": [_TOTAL],
}  # fmt: skip


class AskAudit(Body):
    """For which case."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"example": {"case": "RD-7K4M-29QX"}}
    )

    case: Annotated[str, StringConstraints(min_length=1, max_length=40)] = Field(
        description="Reference of a case about a payout."
    )


class AuditTotal(Shown):
    """A payee and statement month, in whole minor units."""

    payee: str = Field(description="As statements name them.")
    statement_month: str
    paid: Amount
    expected: Amount
    owed: Amount = Field(description="Below zero: paid too much.")

    @classmethod
    def of(cls, row: TotalRow) -> AuditTotal:
        """One total."""
        return cls(
            payee=row.payee, statement_month=row.statement_month, paid=Amount.of(row.paid.rounded()),
            expected=Amount.of(row.expected.rounded()), owed=Amount.of(row.delta.rounded()),
        )  # fmt: skip


class Audit(Shown):
    """A run: waited for until its state is `done`, `failed` or `cancelled`."""

    model_config = ConfigDict(json_schema_extra={"example": _AUDIT})

    id: UUID
    state: RunState
    percent: int
    rules_version: str
    asked_at: datetime
    ended_at: datetime | None
    inputs: dict[str, Any] = Field(description="What was read, with hashes, once it began.")
    totals: list[AuditTotal]

    @classmethod
    def of(cls, row: AuditRow, totals: tuple[TotalRow, ...]) -> Audit:
        """The run with what it found."""
        return cls(
            id=row.id, state=row.state, percent=row.percent, rules_version=row.rules_version, asked_at=row.asked_at,
            ended_at=row.ended_at, inputs=dict(row.inputs), totals=[AuditTotal.of(one) for one in totals],
        )  # fmt: skip


class LinesQuery(Cursor):
    """Whose lines."""

    payee: str = Field(
        default="", max_length=200, description="As statements name them; the first without it."
    )
    currency: str = Field(default="", pattern="^([A-Z]{3})?$")


class AuditLine(Shown):
    """What one payee should have been paid for a recording, and was. Amounts at 12 places."""

    number: int
    statement_month: str
    sale_month: str
    store: str
    territory: str
    isrc: str
    units: str
    paid: str
    expected: str
    difference: str
    reason: str = Field(
        description=f"Cause of the contract, or `{LEFT_OUT}` where a territory is missing whole; empty when both are the same. {said(CAUSE_WORDS)}."
    )
    detail: str

    @classmethod
    def of(cls, group: GroupRow, line: LineRow) -> AuditLine:
        """One line."""
        return cls(
            number=line.number, statement_month=group.statement_month, sale_month=line.sale_month, store=group.store,
            territory=group.territory, isrc=line.isrc, units=plain(line.units), paid=f"{line.paid:f}", expected=f"{line.expected:f}",
            difference=f"{line.delta:f}", reason=line.reason, detail=line.detail,
        )  # fmt: skip


class AuditLines(Page):
    """A page of lines, in their order."""

    model_config = ConfigDict(json_schema_extra=page_example(_LINE))

    items: list[AuditLine]
