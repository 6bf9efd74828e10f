"""What people ask of evidence."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.evidence.rules.items import RejectReason, VerdictKind
from app.kernel.sides import Side


@dataclass(frozen=True, slots=True)
class ReceiveUpload:
    """Add a file to a side of a case. *side*: None means the actor's own. *client_key*: same key, one item."""

    case_id: UUID
    side: Side | None
    filename: str
    declared_type: str
    client_key: str = ""


@dataclass(frozen=True, slots=True)
class ShareItem:
    """Let the other side read an item, exactly as it is now."""

    case_id: UUID
    item_id: UUID
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UnshareItem:
    """End the other side's sight of an item."""

    case_id: UUID
    item_id: UUID
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawItem:
    """Mark an item as withdrawn by its side; it stays."""

    case_id: UUID
    item_id: UUID
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecordVerdict:
    """Judge an item. *reason*: with reject, and only then."""

    case_id: UUID
    item_id: UUID
    kind: VerdictKind
    reason: RejectReason | None = None
    note: str = ""
