"""Reconciliations as they travel: the ledger's file, what became of each correction and line. Amounts are text."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from app.api.shapes.frame import Body, Cursor, Page, Shown, page_example
from app.api.shapes.money import Amount
from app.corrections.queries.reconciling import ReconciliationLine, ReconciliationView
from app.corrections.rules.batches import BatchState
from app.corrections.rules.reconciling import MatchedBy, MatchState

MOST_LETTERS = 8 * 1024 * 1024
_ID = "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c"
_FILE = "reference,amount,currency,posted date\nR3f2b8c4e9d-1,120.50,EUR,2026-11-21\n"
_LINE: dict[str, Any] = {
    "state": "matched", "matched_by": "number", "correction_id": _ID, "case_ref": "RD-7K4M-29QX", "reference": _ID,
    "exported": {"amount": "120.50", "currency": "EUR"}, "posted": {"amount": "120.50", "currency": "EUR"},
    "posted_on": "2026-11-21", "lines": [2], "reason": "",
}  # fmt: skip
_SEEN: dict[str, Any] = {
    "id": _ID, "batch_id": _ID, "batch_state": "exported", "filename": "gl.csv",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "line_count": 1,
    "created_at": "2026-11-22T09:00:00Z", "matched": 1, "differs": 0, "missing": 0, "unknown": 0, "twice": 0,
    "can_confirm": True,
}  # fmt: skip


class CompareFile(Body):
    """A file of the ledger."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"example": {"name": "gl.csv", "content": _FILE}},
    )

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    content: Annotated[str, StringConstraints(max_length=MOST_LETTERS)] = Field(
        description="CSV with a header: correction or its number, amount, currency, posted day."
    )


class ConfirmResult(Body):
    """Let the result count."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"example": {"reference": "GL-7"}}
    )

    reference: Annotated[str, StringConstraints(max_length=200)] = Field(
        default="", description="The ledger's, needed while the batch has none."
    )


class MatchByHand(Body):
    """A line of the file that posts a correction under a name of its own."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "example": {"correction_id": _ID, "line": 12, "reason": "The ledger renumbered it."}
        },
    )

    correction_id: UUID = Field(description="A correction that is missing.")
    line: int = Field(ge=2, le=999_999_999, description="Where an unknown line begins.")
    reason: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class Reconciliation(Shown):
    """A file beside what left. What the rules said of it never changes; matches by hand and the state of the batch may."""

    model_config = ConfigDict(json_schema_extra={"example": _SEEN})

    id: UUID
    batch_id: UUID
    batch_state: BatchState
    filename: str
    sha256: str
    line_count: int
    created_at: datetime
    matched: int
    differs: int
    missing: int
    unknown: int
    twice: int
    can_confirm: bool = Field(description="Whether confirming would change something.")

    @classmethod
    def of(cls, view: ReconciliationView) -> Reconciliation:
        """One result."""
        counts = {state.value: count for state, count in view.counts.items()}
        return cls(
            id=view.file.id, batch_id=view.batch_id, batch_state=view.batch_state, filename=view.file.filename,
            sha256=view.file.sha256, line_count=view.file.line_count, created_at=view.file.created_at,
            can_confirm=view.can_count, **counts,
        )  # fmt: skip


class ReconciledLinesQuery(Cursor):
    """Which rows, and which page of them."""

    state: MatchState | None = None


class ReconciliationRow(Shown):
    """What became of a correction, or of a line that is not ours."""

    model_config = ConfigDict(json_schema_extra={"example": _LINE})

    state: MatchState
    matched_by: MatchedBy
    correction_id: UUID | None
    case_ref: str
    reference: str
    exported: Amount | None
    posted: Amount | None = Field(description="Without lines in another currency.")
    posted_on: date | None
    lines: list[int] = Field(description="Where they begin in the file; the header is 1.")
    reason: str = Field(description="Of who matched it by hand; empty elsewhere.")

    @classmethod
    def of(cls, row: ReconciliationLine) -> ReconciliationRow:
        """One row."""
        return cls(
            state=row.state, matched_by=row.by, correction_id=row.correction_id, case_ref=row.case_ref,
            reference=row.reference, exported=Amount.of(row.expected) if row.expected is not None else None,
            posted=Amount.of(row.posted) if row.posted is not None else None, posted_on=row.posted_on,
            lines=list(row.lines), reason=row.reason,
        )  # fmt: skip


class ReconciliationRows(Page):
    """A page of rows: corrections in the order of the file that left, then unknown lines."""

    model_config = ConfigDict(json_schema_extra=page_example(_LINE))

    items: list[ReconciliationRow]
