"""Corrections, batches and their files as they travel. Amounts are text."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.api.shapes.frame import Cursor, Page, Query, Shown, page_example
from app.corrections.queries.batches import BatchEntry, BatchRow, BatchView, FileView
from app.corrections.queries.views import CorrectionRow, CorrectionView, LineView, RiskNote
from app.corrections.rules.approval import ApprovalBar
from app.corrections.rules.batches import BatchState, Purpose
from app.corrections.rules.lifecycle import CorrectionState
from app.kernel.money import Money
from app.ledger.rules.bank import PayoutKind

_ID = "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c"
_LINE: dict[str, Any] = {
    "payee": "Sabina Aliyeva", "amount": {"amount": "120.50", "currency": "EUR"}, "withheld": {"amount": "0.00", "currency": "EUR"},
    "reason": "missing_earnings", "note": "", "period": "2026-07", "paid_by": "iban",
}  # fmt: skip
_ROW: dict[str, Any] = {
    "id": _ID, "case_ref": "RD-7K4M-29QX", "state": "proposed", "total": {"amount": "120.50", "currency": "EUR"},
    "reason": "missing_earnings", "is_reversal": False, "needs_second": False, "approvals": 0,
    "prepared_by": "Rio Reyes", "prepared_at": "2026-11-20T09:00:00Z",
}  # fmt: skip
_BATCH: dict[str, Any] = {
    "id": _ID, "number": 7, "currency": "EUR", "state": "exported", "total": {"amount": "120.50", "currency": "EUR"},
    "opened_at": "2026-11-20T09:00:00Z", "locked_at": "2026-11-21T09:00:00Z", "exported_at": "2026-11-21T10:00:00Z",
    "acknowledged_at": None,
}  # fmt: skip
_FILE: dict[str, Any] = {
    "purpose": "books", "format": "neutral", "filename": "batch-7.csv", "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "size": 512,
    "rows": 1, "gross": {"amount": "120.50", "currency": "EUR"}, "withholding": {"amount": "0.00", "currency": "EUR"},
    "net": {"amount": "120.50", "currency": "EUR"}, "created_at": "2026-11-21T10:00:00Z",
}  # fmt: skip


class Amount(Shown):
    """An amount of money."""

    amount: str = Field(description="Plain decimal in whole units of the currency, as text.")
    currency: str = Field(description="ISO 4217.")

    @classmethod
    def of(cls, money: Money) -> Amount:
        """Money as text."""
        return cls(amount=f"{money.amount:f}", currency=money.currency)


class CorrectionsQuery(Cursor):
    """Which corrections, and which page of them."""

    state: CorrectionState | None = Field(
        default=None, description="`proposed` and `approved_once` wait for an approver."
    )
    case: str | None = Field(default=None, max_length=40, description="Reference of a case.")

    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$")


class CorrectionLine(Shown):
    """One change of one payee's balance."""

    payee: str
    amount: Amount = Field(description="Above zero: owed to the payee.")
    withheld: Amount
    reason: str
    note: str
    period: str = Field(description="Statement month, YYYY-MM; empty when it is of no one month.")
    paid_by: PayoutKind | None = Field(
        description="How the payee is paid; null when they never said, and payment files are refused."
    )

    @classmethod
    def of(cls, view: LineView) -> CorrectionLine:
        """One line of the working."""
        line = view.line
        return cls(
            payee=view.payee.legal_name, amount=Amount.of(line.amount), withheld=Amount.of(line.withheld),
            reason=line.reason.value, note=line.note, period=line.period,
            paid_by=PayoutKind(view.payee.payout_kind) if view.payee.payout_kind else None,
        )  # fmt: skip


class CorrectionItem(Shown):
    """A correction in a list."""

    model_config = ConfigDict(json_schema_extra={"example": _ROW})

    id: UUID
    case_ref: str
    state: CorrectionState
    total: Amount
    reason: str
    is_reversal: bool
    needs_second: bool = Field(description="Two people approve it.")
    approvals: int
    prepared_by: str
    prepared_at: datetime

    @classmethod
    def of(cls, row: CorrectionRow) -> CorrectionItem:
        """One row."""
        return cls(
            id=row.id, case_ref=row.case_ref, state=row.state, total=Amount.of(row.total), reason=row.reason,
            is_reversal=row.is_reversal, needs_second=row.needs_second, approvals=row.approvals,
            prepared_by=row.preparer_name, prepared_at=row.prepared_at,
        )  # fmt: skip


class Corrections(Page):
    """A page of corrections, the oldest first."""

    model_config = ConfigDict(json_schema_extra=page_example(_ROW))

    items: list[CorrectionItem]


class Correction(CorrectionItem):
    """A correction with its lines."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": _ROW
            | {"lines": [_LINE], "batch_id": None, "posted_at": None, "seen_hash": _FILE["sha256"]}
            | {"bar": None, "notes": ["new_payee"], "approved_by": []}
        }
    )

    lines: list[CorrectionLine]
    batch_id: UUID | None
    posted_at: datetime | None
    seen_hash: str = Field(
        description="Of everything that an approver decides on; approving names it."
    )
    bar: ApprovalBar | None = Field(description="Why the token's owner may not approve it.")
    notes: list[RiskNote] = Field(description="What an approver should know first.")
    approved_by: list[str]

    @classmethod
    def of_view(cls, view: CorrectionView) -> Correction:
        """In full."""
        return cls(
            id=view.id, case_ref=view.case_ref, state=view.state, total=Amount.of(view.total), reason=view.reason,
            is_reversal=view.reverses_id is not None, needs_second=view.needs_second, approvals=len(view.approvals),
            prepared_by=view.preparer_name, prepared_at=view.prepared_at, batch_id=view.batch_id,
            lines=[CorrectionLine.of(line) for line in view.lines], posted_at=view.posted_at, seen_hash=view.seen_hash,
            bar=view.bar, notes=list(view.notes), approved_by=[one.approver_name for one in view.approvals],
        )  # fmt: skip


class ExportQuery(Query):
    """Which file of a batch."""

    purpose: Purpose | None = Field(
        default=None, description="The one that books, or else the one that pays, without it."
    )


class BatchesQuery(Cursor):
    """Which page of the batches."""


class BatchItem(Shown):
    """A batch in a list."""

    model_config = ConfigDict(json_schema_extra={"example": _BATCH})

    id: UUID
    number: int
    currency: str
    state: BatchState
    total: Amount
    opened_at: datetime
    locked_at: datetime | None
    exported_at: datetime | None
    acknowledged_at: datetime | None

    @classmethod
    def of(cls, row: BatchRow) -> BatchItem:
        """One row."""
        return cls(
            id=row.id, number=row.number, currency=row.currency, state=row.state, total=Amount.of(row.total),
            opened_at=row.opened_at, locked_at=row.locked_at, exported_at=row.exported_at,
            acknowledged_at=row.acknowledged_at,
        )  # fmt: skip


class Batches(Page):
    """A page of batches, the newest first."""

    model_config = ConfigDict(json_schema_extra=page_example(_BATCH))

    items: list[BatchItem]


class BatchLine(Shown):
    """A correction in a batch."""

    correction_id: UUID
    case_ref: str
    state: CorrectionState
    total: Amount

    @classmethod
    def of(cls, row: BatchEntry) -> BatchLine:
        """One row."""
        return cls(
            correction_id=row.correction_id, case_ref=row.case_ref, state=row.state, total=Amount.of(row.total)
        )  # fmt: skip


class BatchLinesQuery(Cursor):
    """Which page of the corrections of a batch."""


class BatchLines(Page):
    """A page of the corrections of a batch, as they came in."""

    model_config = ConfigDict(
        json_schema_extra=page_example(
            {
                "correction_id": _ID,
                "case_ref": "RD-7K4M-29QX",
                "state": "exported",
                "total": _BATCH["total"],
            }
        )
    )

    items: list[BatchLine]


class ExportedFile(Shown):
    """A file of a batch with its control totals; its bytes never change."""

    purpose: Purpose
    format: str
    filename: str
    sha256: str
    size: int
    rows: int
    gross: Amount
    withholding: Amount
    net: Amount
    created_at: datetime

    @classmethod
    def of(cls, view: FileView) -> ExportedFile:
        """One file."""
        return cls(
            purpose=view.purpose, format=view.format, filename=view.filename, sha256=view.sha256, size=view.size, rows=view.rows, gross=Amount.of(view.gross),
            withholding=Amount.of(view.withholding), net=Amount.of(view.net), created_at=view.created_at,
        )  # fmt: skip


class Batch(BatchItem):
    """A batch with what is in it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": _BATCH | {"count": 1, "entries": [{"correction_id": _ID, "case_ref": "RD-7K4M-29QX", "state": "exported", "total": _BATCH["total"]}],
                                 "file": _FILE, "files": [_FILE], "ledger_reference": "", "posting_date": "2026-11-21", "account_codes_version": 2}
        }
    )  # fmt: skip

    ledger_reference: str
    posting_date: date | None = Field(description="Day of the books it was locked for.")
    account_codes_version: int | None
    count: int = Field(description="Corrections in it.")
    entries: list[BatchLine] = Field(
        description="The first fifty of them; `GET /batches/{id}/entries` lists them all."
    )
    file: ExportedFile | None = Field(
        description="The file that books, or the one that pays while there is no other."
    )
    files: list[ExportedFile] = Field(description="One that books and one that pays, as written.")

    @classmethod
    def of_view(cls, view: BatchView) -> Batch:
        """In full."""
        return cls(
            id=view.id, number=view.number, currency=view.currency, state=view.state, total=Amount.of(view.total),
            opened_at=view.opened_at, locked_at=view.locked_at, exported_at=view.exported_at,
            acknowledged_at=view.acknowledged_at, ledger_reference=view.ledger_reference,
            posting_date=view.posting_date, account_codes_version=view.codes_version,
            count=view.count, entries=[BatchLine.of(row) for row in view.entries],
            file=ExportedFile.of(view.file) if view.file else None,
            files=[ExportedFile.of(file) for file in view.files],
        )  # fmt: skip
