"""Tables of evidence; written by this room's service alone. What was received never changes, by trigger."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, SideScoped, case_fk, uuid_pk

_STATES = "'expected', 'uploading', 'quarantined', 'scanning', 'accepted', 'refused', 'blocked', 'withdrawn', 'purged'"
_KINDS = "'document', 'image', 'audio', 'video', 'table', 'mail', 'archive', 'unknown'"
_STEPS = (
    "'uploaded', 'checked', 'accepted', 'blocked', 'sealed', 'opened', 'verdict', 'shared', 'unshared', "
    "'withdrawn', 'verified', 'mismatch', 'missing', 'purged'"
)
_PLACES = "(side = 'desk' and disclosure in ('internal', 'shared')) or (side <> 'desk' and disclosure in ('private', 'shared'))"
_SIDES = "side in ('complainant', 'respondent', 'desk')"


def _person(comment: str, *, nullable: bool = True) -> Any:
    return mapped_column(ForeignKey("person.id"), nullable=nullable, comment=comment)


def _item() -> Any:
    return mapped_column(ForeignKey("evidence_item.id"), index=True, comment="the item")


class EvidenceItem(SideScoped, Base):
    """One stored file of one side."""

    __tablename__ = "evidence_item"
    __table_args__ = (
        CheckConstraint(_SIDES, name="side_known"),
        CheckConstraint(_PLACES, name="disclosure_fits_side"),
        CheckConstraint(f"state in ({_STATES})", name="state_known"),
        CheckConstraint(f"kind in ({_KINDS})", name="kind_known"),
        CheckConstraint("size > 0", name="size_positive"),
        CheckConstraint(
            "number > 0 and (shared_number is null or shared_number > 0)", name="numbers_positive"
        ),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_hex"),
        CheckConstraint(
            "object_key = 'case/' || case_id::text || '/' || side || '/' || sha256",
            name="key_of_its_side",
        ),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at is not null)", name="withdrawn_has_time"
        ),
        CheckConstraint("(sealed_at is null) = (sealed_until is null)", name="seal_whole"),
        CheckConstraint("length(filename) between 1 and 255", name="filename_length"),
        UniqueConstraint("case_id", "side", "number"),
        UniqueConstraint("case_id", "shared_number"),
        UniqueConstraint("case_id", "side", "uploaded_by", "client_key"),
        Index("ix_evidence_item_sha256", "case_id", "side", "sha256"),
        Index("ix_evidence_item_object_key", "object_key"),
        Index("ix_evidence_item_unsealed", "id", postgresql_where=text("sealed_at is null")),
        {"comment": "one stored file of one side of a case"},
    )

    id: Mapped[UUID] = uuid_pk()
    number: Mapped[int] = mapped_column(comment="1, 2, … within the side: the exhibit label")
    shared_number: Mapped[int | None] = mapped_column(
        comment="1, 2, … within the case in the order of first sharing"
    )
    filename: Mapped[str] = mapped_column(comment="name given by the uploader, cleaned")
    declared_type: Mapped[str] = mapped_column(comment="type the browser stated; never believed")
    sniffed_type: Mapped[str] = mapped_column(comment="type by the bytes")
    kind: Mapped[str] = mapped_column(comment="what viewers may do with it")
    badges: Mapped[list[Any]] = mapped_column(comment="warnings")
    size: Mapped[int] = mapped_column(BigInteger(), comment="bytes")
    sha256: Mapped[str] = mapped_column(comment="hash of the bytes, lower-case hex")
    object_key: Mapped[str] = mapped_column(comment="key in the object store")
    object_version: Mapped[str] = mapped_column(comment="version in the object store, may be empty")
    state: Mapped[str] = mapped_column(comment="where the item stands")
    duplicate_of: Mapped[UUID | None] = mapped_column(
        ForeignKey("evidence_item.id"), comment="first item of this side with the same bytes"
    )
    uploaded_by: Mapped[UUID | None] = _person("who sent it")
    uploaded_at: Mapped[datetime] = mapped_column(comment="when it was received")
    client_key: Mapped[str | None] = mapped_column(
        comment="key of the form, so that a repeat adds nothing"
    )
    sealed_at: Mapped[datetime | None] = mapped_column(comment="when the store locked it")
    sealed_until: Mapped[datetime | None] = mapped_column(comment="until when it cannot be deleted")
    withdrawn_at: Mapped[datetime | None] = mapped_column(comment="when its side withdrew it")
    version: Mapped[int] = mapped_column(comment="counts changes of the mutable columns")


class EvidenceEvent(SideScoped, Base):
    """One step of custody. A row of the reader's own side, so openings tell the other side nothing."""

    __tablename__ = "evidence_event"
    __table_args__ = (
        CheckConstraint(f"step in ({_STEPS})", name="step_known"),
        CheckConstraint(_SIDES, name="side_known"),
        CheckConstraint("(disclosure = 'internal') = (side = 'desk')", name="disclosure_fits_side"),
        CheckConstraint("disclosure in ('private', 'internal')", name="never_shared"),
        Index("ix_evidence_event_case_id", "case_id"),
        {"comment": "chain of custody: what happened to an item"},
    )

    id: Mapped[UUID] = uuid_pk()
    item_id: Mapped[UUID] = _item()
    step: Mapped[str] = mapped_column(comment="what happened")
    by_id: Mapped[UUID | None] = _person("who; none for the system")
    at: Mapped[datetime] = mapped_column(comment="when")
    data: Mapped[dict[str, Any]] = mapped_column(comment="details without personal data")


class EvidenceShare(SideScoped, Base):
    """Sharing and its end: exactly which bytes, by whom, why (I13)."""

    __tablename__ = "evidence_share"
    __table_args__ = (
        CheckConstraint("action in ('shared', 'unshared')", name="action_known"),
        CheckConstraint(_SIDES, name="side_known"),
        CheckConstraint("(disclosure = 'internal') = (side = 'desk')", name="disclosure_fits_side"),
        CheckConstraint("n > 0 and (action = 'shared') = (n % 2 = 1)", name="in_turns"),
        UniqueConstraint("item_id", "n"),
        Index("ix_evidence_share_case_id", "case_id"),
        {"comment": "immutable record of what was shared with the other side and when that ended"},
    )

    id: Mapped[UUID] = uuid_pk()
    item_id: Mapped[UUID] = mapped_column(ForeignKey("evidence_item.id"), comment="the item")
    n: Mapped[int] = mapped_column(
        comment="1, 2, … within the item; sharing and its end take turns"
    )
    action: Mapped[str] = mapped_column(comment="shared or unshared")
    sha256: Mapped[str] = mapped_column(comment="hash of the bytes shared")
    object_version: Mapped[str] = mapped_column(comment="their version in the store")
    reason: Mapped[str] = mapped_column(comment="why")
    by_id: Mapped[UUID | None] = _person("who")
    at: Mapped[datetime] = mapped_column(comment="when")


class EvidenceVerdict(SideScoped, Base):
    """How staff judged an item; the newest row counts, the older ones stay."""

    __tablename__ = "evidence_verdict"
    __table_args__ = (
        CheckConstraint(
            "kind in ('supports_artist', 'neutral', 'against', 'reject')", name="kind_known"
        ),
        CheckConstraint(
            "reason is null or reason in ('altered', 'unreadable', 'unrelated', 'duplicate', 'other')",
            name="reason_known",
        ),
        CheckConstraint("(kind = 'reject') = (reason is not null)", name="reject_has_reason"),
        CheckConstraint("side = 'desk' and disclosure = 'internal'", name="desk_only"),
        Index("ix_evidence_verdict_newest", "item_id", "at"),
        {"comment": "verdicts of staff on evidence, never seen by a party"},
    )

    id: Mapped[UUID] = uuid_pk()
    case_id: Mapped[UUID] = case_fk()
    item_id: Mapped[UUID] = mapped_column(ForeignKey("evidence_item.id"), comment="the item")
    kind: Mapped[str] = mapped_column(comment="supports_artist, neutral, against or reject")
    reason: Mapped[str | None] = mapped_column(comment="why it counts for nothing")
    note: Mapped[str] = mapped_column(comment="words of the reviewer")
    by_id: Mapped[UUID | None] = _person("who")
    at: Mapped[datetime] = mapped_column(comment="when")


class EvidenceUpload(SideScoped, Base):
    """A large file on its way in parts; whoever began it goes on with it, in any session."""

    __tablename__ = "evidence_upload"
    __table_args__ = (
        CheckConstraint(_SIDES, name="side_known"),
        CheckConstraint("(disclosure = 'internal') = (side = 'desk')", name="disclosure_fits_side"),
        CheckConstraint("disclosure in ('private', 'internal')", name="never_shared"),
        CheckConstraint(
            "state in ('open', 'checking', 'received', 'refused', 'aborted', 'expired')",
            name="state_known",
        ),
        CheckConstraint("size > 0 and part_size > 0", name="sizes_positive"),
        CheckConstraint("(state = 'received') = (item_id is not null)", name="received_has_item"),
        CheckConstraint("state not in ('checking', 'received') or sha256 is not null", name="finished_has_hash"),
        CheckConstraint("sha256 is null or sha256 ~ '^[0-9a-f]{64}$'", name="sha256_hex"),
        CheckConstraint("state <> 'refused' or reason <> ''", name="refused_has_reason"),
        CheckConstraint("(state in ('open', 'checking')) = (ended_at is null)", name="end_has_time"),
        UniqueConstraint("case_id", "side", "started_by", "client_key"),
        UniqueConstraint("storage_key"),
        Index("ix_evidence_upload_going", "state", "expires_at", postgresql_where=text("state in ('open', 'checking')")),
        {"comment": "large files on their way in parts, straight from the browser to the store"},
    )  # fmt: skip

    id: Mapped[UUID] = uuid_pk()
    filename: Mapped[str] = mapped_column(comment="name given by the uploader, cleaned")
    declared_type: Mapped[str] = mapped_column(comment="type the browser stated; never believed")
    size: Mapped[int] = mapped_column(BigInteger(), comment="bytes announced")
    modified: Mapped[int] = mapped_column(
        BigInteger(), comment="when the file was changed last, ms since 1970, by the browser"
    )
    part_size: Mapped[int] = mapped_column(comment="bytes of each part but the last")
    storage_key: Mapped[str] = mapped_column(comment="quarantine key in the object store")
    storage_upload: Mapped[str] = mapped_column(comment="the store's name of the upload in parts")
    state: Mapped[str] = mapped_column(comment="where the upload stands")
    sha256: Mapped[str | None] = mapped_column(
        comment="hash of the whole by the browser, at the end"
    )
    reason: Mapped[str] = mapped_column(comment="why it became no evidence, empty while it may")
    item_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("evidence_item.id"), index=True, comment="the item it became"
    )
    client_key: Mapped[str] = mapped_column(
        comment="key of the page, so that a repeat begins nothing"
    )
    started_by: Mapped[UUID] = _person("who sends it", nullable=False)
    started_at: Mapped[datetime] = mapped_column(comment="when it began")
    expires_at: Mapped[datetime] = mapped_column(comment="until when the rest is waited for")
    ended_at: Mapped[datetime | None] = mapped_column(
        comment="when it was received, refused or given up"
    )
    version: Mapped[int] = mapped_column(comment="counts changes")


class ExhibitCounter(Base):
    """How many items of a case were ever shared: gives the next S-number."""

    __tablename__ = "exhibit_counter"
    __table_args__ = (
        CheckConstraint("n > 0", name="n_positive"),
        {"comment": "last number given to a shared exhibit of a case"},
    )

    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("case.id"), primary_key=True, comment="the case"
    )
    n: Mapped[int] = mapped_column(comment="last number given")


class EvidenceOrphan(Base):
    """What the sweeper found: an object without a row, a row without its object, or other bytes (I7, I8)."""

    __tablename__ = "evidence_orphan"
    __table_args__ = (
        CheckConstraint(
            "kind in ('object_without_row', 'row_without_object', 'other_bytes')", name="kind_known"
        ),
        CheckConstraint("(resolved_at is null) = (resolution = '')", name="resolved_has_words"),
        CheckConstraint("(kind = 'object_without_row') = (item_id is null)", name="row_named"),
        Index(
            "uq_evidence_orphan_open", "kind", "object_key", unique=True,
            postgresql_where=text("resolved_at is null"),
        ),
        {"comment": "objects and rows that do not match, found by the sweeper"},
    )  # fmt: skip

    id: Mapped[UUID] = uuid_pk()
    kind: Mapped[str] = mapped_column(comment="what is wrong")
    object_key: Mapped[str] = mapped_column(comment="key in the object store")
    item_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("evidence_item.id"), index=True, comment="the row, when there is one"
    )
    found_at: Mapped[datetime] = mapped_column(comment="when it was found first")
    resolved_at: Mapped[datetime | None] = mapped_column(comment="when it was put right")
    resolution: Mapped[str] = mapped_column(comment="how it was put right, empty while open")
