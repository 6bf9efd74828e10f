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


@dataclass(frozen=True, slots=True)
class BeginUpload:
    """Announce a file that will come in parts. *size*: bytes. *modified*: ms since 1970, as the browser says.

    *side*: None means the actor's own. *client_key*: same key, one upload.
    """

    case_id: UUID
    side: Side | None
    filename: str
    declared_type: str
    size: int
    modified: int
    client_key: str


@dataclass(frozen=True, slots=True)
class SignParts:
    """Ask where to put parts. *wanted*: (number, SHA-256 in base64)."""

    upload_id: UUID
    wanted: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class CompleteUpload:
    """All parts are there. *sha256*: of the whole file, hex. *checksums*: of each part, base64, in order."""

    upload_id: UUID
    sha256: str
    checksums: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AbortUpload:
    """Take an unfinished upload back, or a refused one off the page."""

    upload_id: UUID
