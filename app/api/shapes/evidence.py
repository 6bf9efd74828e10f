"""Evidence and files on their way, as they travel."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from app.api.shapes.frame import Body, Shown, Whole
from app.evidence.queries import ItemRow
from app.evidence.queries.uploads import UploadView
from app.evidence.rules.items import ItemState
from app.evidence.rules.uploads import UploadState
from app.infra.storage.port import SignedPart
from app.kernel.sides import Side

EvidenceState = StrEnum("EvidenceState", {one.name: one.value for one in ItemState})  # type: ignore[misc]
"""The same under a name of its own: items of requests have states, too, and a document knows each name once."""
_ID = "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c"
_SUM = "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="
_ITEM: dict[str, Any] = {
    "id": _ID, "label": "E1", "side": "complainant", "is_own": True, "is_shared": False, "filename": "statement.pdf",
    "type": "application/pdf", "size": 48213, "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "state": "accepted", "uploaded_at": "2026-11-20T09:00:00Z", "uploaded_by": "Sabina Aliyeva", "can_open": True,
}  # fmt: skip
_UPLOAD: dict[str, Any] = {
    "id": _ID, "filename": "statement.pdf", "size": 48213, "part_size": 8388608, "parts": 1, "parts_safe": [],
    "state": "open", "reason": "", "evidence_id": None, "label": "",
}  # fmt: skip


class Evidence(Shown):
    """A file of a case."""

    model_config = ConfigDict(json_schema_extra={"example": _ITEM})

    id: UUID
    label: str = Field(description="What this reader calls it.")
    side: Side
    is_own: bool
    is_shared: bool
    filename: str
    type: str = Field(description="By its content, whatever its name says.")
    size: int = Field(description="Bytes.")
    sha256: str
    state: EvidenceState
    uploaded_at: datetime
    uploaded_by: str = Field(description="Empty for people of the other side.")
    can_open: bool

    @classmethod
    def of(cls, row: ItemRow) -> Evidence:
        """One row."""
        return cls(
            id=row.id, label=row.label, side=row.side, is_own=row.is_own, is_shared=row.is_shared,
            filename=row.filename, type=row.sniffed_type, size=row.size, sha256=row.sha256,
            state=EvidenceState(row.state.value), uploaded_at=row.uploaded_at, uploaded_by=row.uploaded_by, can_open=row.can_open,
        )  # fmt: skip


class EvidenceList(Shown):
    """The files of a case that this reader may know of."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_ITEM]}})

    items: list[Evidence]


class BeginUpload(Body):
    """A file that will be sent in parts to the object store."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "example": {"filename": "statement.pdf", "type": "application/pdf", "size": 48213}
        },
    )

    filename: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    type: Annotated[str, StringConstraints(max_length=120)] = "application/octet-stream"
    size: Whole = Field(ge=1, le=2**53 - 1, description="Bytes.")


class Upload(Shown):
    """A file on its way: sent, checked, then evidence."""

    model_config = ConfigDict(json_schema_extra={"example": _UPLOAD})

    id: UUID
    filename: str
    size: int
    part_size: int = Field(description="Bytes of every part but the last.")
    parts: int = Field(description="How many.")
    parts_safe: list[int] = Field(description="Numbers that need not be sent again.")
    state: UploadState
    reason: str = Field(description="Why it was refused.")
    evidence_id: UUID | None
    label: str

    @classmethod
    def of(cls, view: UploadView, safe: tuple[int, ...] = ()) -> Upload:
        """One upload of the token's owner."""
        return cls(
            id=view.id, filename=view.filename, size=view.size, part_size=view.part_size, parts=view.count,
            parts_safe=list(safe), state=view.state, reason=view.reason, evidence_id=view.item_id, label=view.label,
        )  # fmt: skip


class PartSum(Body):
    """A part that will be sent, by its checksum."""

    number: Whole = Field(ge=1, le=10_000)
    sha256_base64: str = Field(
        pattern="^[A-Za-z0-9+/]{43}=$", description="SHA-256 of the part, in base64."
    )


class SignParts(Body):
    """Which parts will be sent next."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"example": {"parts": [{"number": 1, "sha256_base64": _SUM}]}},
    )

    parts: list[PartSum] = Field(min_length=1, max_length=16)


class SignedUpload(Shown):
    """Where to PUT one part, with which headers."""

    number: int
    url: str
    headers: dict[str, str]

    @classmethod
    def of(cls, part: SignedPart) -> SignedUpload:
        """One signed address, good for a short while."""
        return cls(number=part.number, url=part.url, headers=dict(part.headers))


class SignedUploads(Shown):
    """Addresses for the asked parts."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"parts": [{"number": 1, "url": "https://store.example/quarantine/part", "headers": {"x-amz-checksum-sha256": _SUM}}]}
        }
    )  # fmt: skip

    parts: list[SignedUpload]


class CompleteUpload(Body):
    """All parts are there."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"example": {"sha256": _ITEM["sha256"], "parts_base64": [_SUM]}},
    )

    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="Of the whole file, hex.")
    parts_base64: list[Annotated[str, StringConstraints(pattern="^[A-Za-z0-9+/]{43}=$")]] = Field(
        min_length=1, max_length=10_000, description="SHA-256 of each part in order, in base64."
    )
