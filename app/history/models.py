"""Tables of history; written by the service alone, never changed (append-only by trigger and grant)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base


class HistoryEntry(Base):
    """Who did what to which row, chained."""

    __tablename__ = "history_entry"
    __table_args__ = (
        UniqueConstraint("chain", "n"),
        {"comment": "append-only, chained record of who did what"},
    )

    id: Mapped[int] = mapped_column(
        BigInteger, Identity(always=True), primary_key=True, comment="order of writing"
    )
    chain: Mapped[str] = mapped_column(comment="case:<id> or <subject kind>:<id>")
    n: Mapped[int] = mapped_column(comment="position in the chain, from 1")
    at: Mapped[datetime] = mapped_column(comment="when, UTC")
    actor_kind: Mapped[str] = mapped_column(comment="person, system or anonymous")
    actor_id: Mapped[UUID | None] = mapped_column(comment="the person, a value and no foreign key")
    actor: Mapped[str] = mapped_column(comment="person:<id> or system:<name>, as hashed")
    verb: Mapped[str] = mapped_column(comment="subject.past_participle")
    subject_kind: Mapped[str] = mapped_column(comment="table of the row that changed")
    subject_id: Mapped[str] = mapped_column(comment="its primary key as text")
    case_id: Mapped[UUID | None] = mapped_column(comment="the case, when there is one")
    data: Mapped[dict[str, Any]] = mapped_column(comment="what changed, without personal data")
    commitment: Mapped[str] = mapped_column(comment="salted hash of the personal part, or empty")
    prev_hash: Mapped[str] = mapped_column(comment="hash of the entry before")
    hash: Mapped[str] = mapped_column(comment="SHA-256 over prev_hash and this entry")


class HistoryPrivate(Base):
    """The personal part of an entry; erasure deletes this row and the chain still verifies."""

    __tablename__ = "history_private"
    __table_args__ = ({"comment": "personal part of a history entry, erasable"},)

    entry_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("history_entry.id"),
        primary_key=True,
        autoincrement=False,
        comment="the entry",
    )
    salt: Mapped[bytes] = mapped_column(LargeBinary, comment="random salt of the commitment")
    data: Mapped[dict[str, Any]] = mapped_column(comment="the personal values")


class HistoryHead(Base):
    """The end of each chain; locked while an entry is added."""

    __tablename__ = "history_head"
    __table_args__ = ({"comment": "end of each chain"},)

    chain: Mapped[str] = mapped_column(primary_key=True, comment="the chain")
    n: Mapped[int] = mapped_column(comment="last position")
    hash: Mapped[str] = mapped_column(comment="hash of the last entry")


class HistorySeal(Base):
    """The daily head over all chains."""

    __tablename__ = "history_seal"
    __table_args__ = ({"comment": "daily head over all chains"},)

    day: Mapped[str] = mapped_column(primary_key=True, comment="UTC day, YYYY-MM-DD")
    upto_id: Mapped[int] = mapped_column(BigInteger, comment="last entry that the seal covers")
    root: Mapped[str] = mapped_column(
        comment="RFC 6962 root over the hashes of all entries to upto_id"
    )
    sealed_at: Mapped[datetime] = mapped_column(comment="when, UTC")
