"""Parent events as they travel: the fault, its payees with their child cases, its lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.api.shapes.frame import Body, Cursor, Page, Shown, page_example
from app.api.shapes.money import Amount
from app.incidents.queries import EventRow, LineRow, PayeeRow
from app.incidents.rules.states import EventState, Result
from app.incidents.service.correcting import LONGEST_REASONS
from app.recompute.rules.words import FAULT_WORDS, said
from app.workflows.correct_together import Plan, Planned

_EVENT: dict[str, Any] = {
    "id": "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c", "statement_month": "2026-10", "cause": "wrong_withholding", "detail": "withholding=0.3",
    "isrc": "", "store": "Spotify", "territory": "US", "payees": 214, "lines": 1822, "owed": [{"amount": "18204.11", "currency": "EUR"}],
    "found_at": "2026-11-20T09:00:00Z", "state": "open", "version": 1, "decided_at": None, "reason": "",
}  # fmt: skip
_PAYEE: dict[str, Any] = {
    "payee": "sabina", "lines": 4, "owed": [{"amount": "41.20", "currency": "EUR"}], "result": "opened", "reason": "", "case": "RD-7K4M-29QX",
}  # fmt: skip
_LINE: dict[str, Any] = {
    "number": 1, "payee": "sabina", "sale_month": "2026-08", "store": "Spotify", "territory": "US", "isrc": "QZABC2600001", "currency": "EUR",
    "expected": "628.440000000000", "paid": "439.908000000000", "difference": "188.532000000000", "detail": "withholding=0.3",
}  # fmt: skip
_PREPARED: dict[str, Any] = {
    "items": [{
        "payee": "sabina", "case": "RD-7K4M-29QX", "amount": {"amount": "41.20", "currency": "EUR"}, "left_out": "", "refused": "",
        "correction_id": None,
    }],
    "ready": 1, "sums": [{"amount": "41.20", "currency": "EUR"}], "is_running": False, "seen": "5e" * 32,
}  # fmt: skip


class EventsQuery(Cursor):
    """Which."""

    state: EventState | None = Field(
        default=None, description="Without one, all but superseded events."
    )


class ParentEvent(Shown):
    """One fault with many payees in one statement month."""

    model_config = ConfigDict(json_schema_extra={"example": _EVENT})

    id: UUID
    statement_month: str
    cause: str = Field(
        description=f"Cause of every line, as the payout audit names it. {said(FAULT_WORDS)}."
    )
    detail: str = Field(description="The value that all lines share; empty where they differ.")
    isrc: str = Field(description="The recording that all lines share; empty where they differ.")
    store: str
    territory: str
    payees: int
    lines: int
    owed: list[Amount] = Field(description="By currency. Below zero: paid too much.")
    found_at: datetime
    state: EventState
    version: int
    decided_at: datetime | None
    reason: str = Field(description="Why it was dismissed.")

    @classmethod
    def of(cls, row: EventRow) -> ParentEvent:
        """One event."""
        return cls(
            id=row.id, statement_month=row.statement_month, cause=row.cause, detail=row.detail, isrc=row.isrc, store=row.store,
            territory=row.territory, payees=row.payees, lines=row.lines, owed=[Amount.of(one.rounded()) for one in row.sums],
            found_at=row.found_at, state=row.state, version=row.version, decided_at=row.decided_at, reason=row.reason,
        )  # fmt: skip


class ParentEvents(Page):
    """A page of events, the newest first."""

    model_config = ConfigDict(json_schema_extra=page_example(_EVENT))

    items: list[ParentEvent]


class EventPayee(Shown):
    """A payee, and what became of the case proposed for them."""

    payee: str = Field(description="As statements name them.")
    lines: int
    owed: list[Amount]
    result: Result
    reason: str
    case: str = Field(description="Reference of the child case; empty without one.")

    @classmethod
    def of(cls, row: PayeeRow) -> EventPayee:
        """One payee."""
        return cls(
            payee=row.payee, lines=row.lines, owed=[Amount.of(one.rounded()) for one in row.sums], result=row.result,
            reason=row.reason, case=row.ref,
        )  # fmt: skip


class EventPayees(Page):
    """A page of payees, by name."""

    model_config = ConfigDict(json_schema_extra=page_example(_PAYEE))

    items: list[EventPayee]


class EventLinesQuery(Cursor):
    """Whose."""

    payee: str = Field(
        default="", max_length=200, description="As statements name them; all without it."
    )


class EventLine(Shown):
    """A discrepancy. Amounts at 12 places."""

    number: int
    payee: str
    sale_month: str
    store: str
    territory: str
    isrc: str
    currency: str
    expected: str
    paid: str
    difference: str
    detail: str

    @classmethod
    def of(cls, row: LineRow) -> EventLine:
        """One line."""
        return cls(
            number=row.number, payee=row.payee, sale_month=row.sale_month, store=row.store, territory=row.territory, isrc=row.isrc,
            currency=row.currency, expected=f"{row.expected:f}", paid=f"{row.paid:f}", difference=f"{row.delta:f}", detail=row.detail,
        )  # fmt: skip


class EventLines(Page):
    """A page of lines, in their order."""

    model_config = ConfigDict(json_schema_extra=page_example(_LINE))

    items: list[EventLine]


class PreparedCorrection(Shown):
    """What one act would do for a payee of the event."""

    payee: str = Field(description="As statements name them.")
    case: str = Field(description="Reference of the child case; empty without one.")
    amount: Amount | None = Field(description="What would be proposed; none for who is left out.")
    left_out: str = Field(description="Why no correction is proposed; empty when one is.")
    refused: str = Field(description="What the act of before ran into.")
    correction_id: UUID | None = Field(description="The correction that is there already.")

    @classmethod
    def of(cls, row: Planned) -> PreparedCorrection:
        """One payee."""
        return cls(
            payee=row.case.payee, case=row.case.ref, amount=Amount.of(row.total) if row.total else None, left_out=row.why,
            refused=row.before, correction_id=row.correction_id,
        )  # fmt: skip


class PreparedCorrections(Shown):
    """Everything one act would propose. *seen* names it when it is confirmed."""

    model_config = ConfigDict(json_schema_extra={"example": _PREPARED})

    items: list[PreparedCorrection]
    ready: int
    sums: list[Amount] = Field(description="What would be proposed, by currency.")
    is_running: bool = Field(description="An act is under way; what it proposed so far is there.")
    seen: str

    @classmethod
    def of(cls, plan: Plan) -> PreparedCorrections:
        """The preview."""
        return cls(
            items=[PreparedCorrection.of(row) for row in plan.rows], ready=len(plan.ready),
            sums=[Amount.of(one) for one in plan.sums], is_running=plan.is_running, seen=plan.seen,
        )  # fmt: skip


class PrepareCorrections(Body):
    """Confirm what was previewed."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"seen": "5e" * 32, "reasons": "We withheld tax that was not due."}
        }
    )

    seen: str = Field(pattern="^[0-9a-f]{64}$", description="From the preview.")
    reasons: str = Field(max_length=LONGEST_REASONS, description="What every artist reads.")
