"""What happened to corrections and batches."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.corrections.rules.batches import AckResult
from app.kernel.events import Event


@dataclass(frozen=True, slots=True)
class CorrectionProposed(Event):
    """A correction waits for approval."""

    correction_id: UUID
    decision_id: UUID


@dataclass(frozen=True, slots=True)
class CorrectionApprovedOnce(Event):
    """Above the limit: one approved, a second person must."""

    correction_id: UUID
    decision_id: UUID


@dataclass(frozen=True, slots=True)
class CorrectionApproved(Event):
    """It was approved, posted and put into the open batch of its currency."""

    correction_id: UUID
    decision_id: UUID
    batch_id: UUID


@dataclass(frozen=True, slots=True)
class CorrectionRefused(Event):
    """An approver sent it back."""

    correction_id: UUID
    decision_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class CorrectionReversed(Event):
    """Its reversal was posted."""

    correction_id: UUID
    reversal_id: UUID


@dataclass(frozen=True, slots=True)
class BatchLocked(Event):
    """A batch is closed for good."""

    batch_id: UUID


@dataclass(frozen=True, slots=True)
class BatchExported(Event):
    """Its file left, once."""

    batch_id: UUID
    sha256: str


@dataclass(frozen=True, slots=True)
class CorrectionAcknowledged(Event):
    """The ledger posted it; the case may be complete now."""

    correction_id: UUID
    decision_id: UUID
    batch_id: UUID


@dataclass(frozen=True, slots=True)
class CorrectionFailed(Event):
    """The ledger did not post it as exported: mismatch or returned."""

    correction_id: UUID
    decision_id: UUID
    result: AckResult
    note: str
