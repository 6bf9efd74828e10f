"""Tables of the search index; written by this room's service alone and rebuilt from the rooms at any time."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base

SUBJECTS = (
    "'case', 'filing', 'party', 'contact', 'message', 'note', 'evidence', 'letter', 'release', "
    "'recording'"
)


class SearchEntry(Base):
    """What is shown of a thing that can be found; walled as the thing itself."""

    __tablename__ = "search_entry"
    __table_args__ = (
        CheckConstraint(f"subject_kind in ({SUBJECTS})", name="subject_known"),
        CheckConstraint("side in ('complainant', 'respondent', 'desk')", name="side_known"),
        CheckConstraint("disclosure in ('private', 'shared', 'internal')", name="disclosure_known"),
        CheckConstraint(
            "(case_id is null) = (subject_kind in ('release', 'recording'))",
            name="only_the_catalogue_has_no_case",
        ),
        CheckConstraint(
            "subject_kind <> 'note' or disclosure = 'internal'", name="notes_are_internal"
        ),
        Index("ix_search_entry_case_id", "case_id"),
        Index("ix_search_entry_at", "at", "subject_id"),
        {"comment": "what is shown of a thing that can be found"},
    )

    subject_kind: Mapped[str] = mapped_column(primary_key=True, comment="what kind of thing")
    subject_id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True, comment="its primary key")
    case_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case.id"), comment="the case; none for things of the catalogue"
    )
    side: Mapped[str] = mapped_column(comment="whose room: complainant, respondent, desk")
    disclosure: Mapped[str] = mapped_column(comment="private, shared or internal")
    title: Mapped[str] = mapped_column(comment="its name, as typed")
    body: Mapped[str] = mapped_column(comment="the beginning of its words, as typed")
    at: Mapped[datetime] = mapped_column(comment="when it came to be; the newest is shown first")


class SearchKey(Base):
    """By what a thing is found. No role reads it: functions of the database do, behind the walls."""

    __tablename__ = "search_key"
    __table_args__ = (
        ForeignKeyConstraint(
            ["subject_kind", "subject_id"],
            ["search_entry.subject_kind", "search_entry.subject_id"],
            ondelete="CASCADE",
            name="fk_search_key_entry",
        ),
        Index("ix_search_key_tokens", "tokens", postgresql_using="gin"),
        Index("ix_search_key_idents", "idents", postgresql_using="gin"),
        Index(
            "ix_search_key_name",
            "name",
            postgresql_using="gin",
            postgresql_ops={"name": "gin_trgm_ops"},
        ),
        {"comment": "by what a thing is found; read by the search functions alone"},
    )

    subject_kind: Mapped[str] = mapped_column(primary_key=True, comment="what kind of thing")
    subject_id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True, comment="its primary key")
    tokens: Mapped[Any] = mapped_column(TSVECTOR(), comment="folded words and pairs of signs")
    idents: Mapped[list[str]] = mapped_column(
        ARRAY(Text()), comment="reference, ISRC, UPC, ISWC, e-mail, squeezed"
    )
    name: Mapped[str] = mapped_column(comment="folded Latin names, for a fuzzy look")


class SearchRecent(Base):
    """What a person looked for lately; seen by nobody else."""

    __tablename__ = "search_recent"
    __table_args__ = (
        CheckConstraint("length(words) between 1 and 200", name="words_length"),
        {"comment": "what a person looked for lately, seen by nobody else"},
    )

    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id"), primary_key=True, comment="who looked"
    )
    words: Mapped[str] = mapped_column(primary_key=True, comment="what was typed")
    at: Mapped[datetime] = mapped_column(comment="when, the last time")
