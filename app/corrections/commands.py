"""What somebody asks of corrections and batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.corrections.rules.batches import AckResult
from app.corrections.rules.proposal import ProposalLine


@dataclass(frozen=True, slots=True)
class ProposeCorrection:
    """A correction that hangs on a decision. *lines*: one or more, all in *currency*."""

    case_id: UUID
    decision_id: UUID
    currency: str
    reason: str
    lines: tuple[ProposalLine, ...]


@dataclass(frozen=True, slots=True)
class ReviseCorrection:
    """Other lines or another reason; approvals so far are void. *version*: what was read."""

    correction_id: UUID
    version: int
    currency: str
    reason: str
    lines: tuple[ProposalLine, ...]


@dataclass(frozen=True, slots=True)
class ApproveCorrection:
    """Approve exactly what was on the page. *seen_hash*: from that page."""

    correction_id: UUID
    seen_hash: str


@dataclass(frozen=True, slots=True)
class RefuseCorrection:
    """Send it back with a reason."""

    correction_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class CancelCorrection:
    """Take it back before it is posted."""

    correction_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class ReverseCorrection:
    """Propose the correction that turns a posted one back."""

    correction_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class LockBatch:
    """Close a batch for good. *version*: what was read; None when it does not matter.

    *posting_date*: day of the books, today when None.
    """

    batch_id: UUID
    version: int | None = None
    posting_date: date | None = None


@dataclass(frozen=True, slots=True)
class ExportBatch:
    """Write a file of a closed batch, or name the one of the same purpose again. *format*: a name of `exports.formats`."""

    batch_id: UUID
    format: str = "neutral"


@dataclass(frozen=True, slots=True)
class AckFault:
    """A correction that the ledger did not post as exported."""

    correction_id: UUID
    result: AckResult
    note: str


@dataclass(frozen=True, slots=True)
class AcknowledgeBatch:
    """The ledger's answer. *file_sha256*: the file that was imported; *faults*: everything else was posted."""

    batch_id: UUID
    reference: str
    file_sha256: str
    faults: tuple[AckFault, ...] = ()


@dataclass(frozen=True, slots=True)
class ReconcileBatch:
    """Compare the ledger's file with what left. *filename*: for people."""

    batch_id: UUID
    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class MatchByHand:
    """Say that a line of the ledger's file, which is unknown, posts a correction that is missing. *line*: where it begins."""

    reconciliation_id: UUID
    correction_id: UUID
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class UndoMatch:
    """Take back what was matched by hand."""

    reconciliation_id: UUID
    correction_id: UUID


@dataclass(frozen=True, slots=True)
class ConfirmReconciliation:
    """Let the result count. *version*: of the batch, as it was read; *reference*: the ledger's, while the batch has none."""

    reconciliation_id: UUID
    version: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class SettleMismatch:
    """How a correction that the ledger posted differently ended. *result*: posted or returned."""

    correction_id: UUID
    version: int
    result: AckResult
    note: str


@dataclass(frozen=True, slots=True)
class CancelBatch:
    """Ask for the reversing batch that turns a closed batch back. *version*: what was read."""

    batch_id: UUID
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class ConfirmCancellation:
    """Cancel what never left. *batch_id*: the reversing batch."""

    batch_id: UUID


@dataclass(frozen=True, slots=True)
class DropCancellation:
    """Take the wish to cancel back. *batch_id*: the reversing batch."""

    batch_id: UUID
    reason: str
