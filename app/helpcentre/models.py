"""Tables of the help centre; written by this room's service alone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, uuid_pk


class HelpFeedback(Base):
    """One answer to "did this answer it"; says nothing about who gave it."""

    __tablename__ = "help_feedback"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version_counts"),
        CheckConstraint("length(missing) <= 2000", name="missing_length"),
        Index("ix_help_feedback_slug", "slug", "at"),
        {"comment": "did an article answer it; without any word about the reader"},
    )

    id: Mapped[UUID] = uuid_pk()
    slug: Mapped[str] = mapped_column(comment="which article")
    language: Mapped[str] = mapped_column(comment="language it was read in")
    version: Mapped[int] = mapped_column(comment="version of the article")
    helped: Mapped[bool] = mapped_column(comment="yes or no")
    missing: Mapped[str] = mapped_column(comment="what it did not say; may be empty")
    at: Mapped[datetime] = mapped_column(comment="when it was said")


class HelpOffer(Base):
    """What a draft was shown, and what became of it."""

    __tablename__ = "help_offer"
    __table_args__ = (
        CheckConstraint("(answer is null) = (answered_at is null)", name="answer_has_time"),
        CheckConstraint(
            "came_back_at is null or came_back_at >= answered_at", name="back_after_answer"
        ),
        CheckConstraint(
            "answer is null or answer = fact or answer = any(slugs)", name="answer_was_shown"
        ),
        Index("ix_help_offer_person", "person_id", "sub_kind", "answered_at"),
        {"comment": "articles and the live fact shown before filing, one row a draft"},
    )

    id: Mapped[UUID] = uuid_pk()
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), unique=True, comment="the draft")
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="whose draft")
    sub_kind: Mapped[str] = mapped_column(comment="what it would have been about")
    slugs: Mapped[list[str]] = mapped_column(ARRAY(Text()), comment="articles shown, in order")
    fact: Mapped[str] = mapped_column(comment="which live fact was shown; may be empty")
    shown_at: Mapped[datetime] = mapped_column(comment="when it was shown first")
    answer: Mapped[str | None] = mapped_column(comment="article or fact that answered it")
    answered_at: Mapped[datetime | None] = mapped_column(comment="when the person said so")
    came_back_at: Mapped[datetime | None] = mapped_column(
        comment="when they filed the same after all, within two weeks"
    )
