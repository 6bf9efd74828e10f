"""The table of case files; written by this room's service alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, SideScoped, uuid_pk


class CaseFile(SideScoped, Base):
    """One ZIP of a case for one person, with what is in it."""

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("side in ('complainant', 'respondent', 'desk')", name="side_known"),
        CheckConstraint("(disclosure = 'internal') = (side = 'desk')", name="disclosure_fits_side"),
        CheckConstraint("disclosure in ('private', 'internal')", name="never_shared"),
        CheckConstraint("state in ('waiting', 'ready', 'failed', 'expired')", name="state_known"),
        CheckConstraint(
            "state <> 'ready' or (sha256 is not null and size > 0 and expires_at is not null)",
            name="ready_is_whole",
        ),
        CheckConstraint("sha256 is null or sha256 ~ '^[0-9a-f]{64}$'", name="sha256_hex"),
        Index("ix_case_file_newest", "case_id", "asked_by", "asked_at"),
        {"comment": "everything one person may see of a case, packed"},
    )

    id: Mapped[UUID] = uuid_pk()
    state: Mapped[str] = mapped_column(comment="waiting, ready, failed or expired")
    asked_by: Mapped[UUID] = mapped_column(
        ForeignKey("person.id"), comment="for whom, with what they may see"
    )
    asked_at: Mapped[datetime] = mapped_column(comment="when it was asked for")
    ended_at: Mapped[datetime | None] = mapped_column(comment="when it was packed or failed")
    expires_at: Mapped[datetime | None] = mapped_column(comment="until when it may be fetched")
    storage_key: Mapped[str] = mapped_column(comment="key in the object store")
    size: Mapped[int] = mapped_column(BigInteger(), comment="bytes, 0 until it is packed")
    sha256: Mapped[str | None] = mapped_column(comment="hash of the ZIP, lower-case hex")
    files: Mapped[int] = mapped_column(comment="files in it")
    items: Mapped[list[Any]] = mapped_column(comment="ids of the evidence in it")
    version: Mapped[int] = mapped_column(comment="counts changes")
