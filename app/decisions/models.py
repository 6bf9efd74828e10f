"""Tables of decisions; written by this room's service alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, SideScoped, case_fk, uuid_pk

STATES = "'draft', 'proposed', 'confirmed', 'returned'"


class Decision(Base):
    """One attempt at the result of a round; at most one of a round is not returned."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint(f"state in ({STATES})", name="state_known"),
        CheckConstraint("round >= 1 and version >= 1", name="counters_positive"),
        CheckConstraint("confirmed_by is null or confirmed_by <> proposed_by", name="four_eyes"),
        CheckConstraint(
            "returned_by is null or returned_by <> proposed_by", name="returned_by_another"
        ),
        CheckConstraint("(state = 'draft') = (proposed_at is null)", name="frozen_has_time"),
        CheckConstraint(
            "(proposed_at is null) = (proposed_by is null)", name="proposal_has_person"
        ),
        CheckConstraint("(proposed_at is null) = (content_hash is null)", name="frozen_has_hash"),
        CheckConstraint(
            "(confirmed_at is not null and state in ('confirmed', 'returned')) "
            "or (confirmed_at is null and state <> 'confirmed')",
            name="confirmed_has_time",
        ),
        CheckConstraint(
            "state <> 'confirmed' or confirmed_by is not null or not four_eyes",
            name="confirmed_by_second",
        ),
        CheckConstraint("not money_moves or four_eyes", name="money_needs_four_eyes"),
        CheckConstraint(
            "(state = 'returned') = (returned_at is not null and return_reason <> '')",
            name="returned_has_reason",
        ),
        Index(
            "uq_decision_live",
            "case_id",
            "round",
            unique=True,
            postgresql_where=text("state <> 'returned'"),
        ),
        {
            "comment": "reasoned results, drafts and returned ones included; the desk alone reads them"
        },
    )

    id: Mapped[UUID] = uuid_pk()
    case_id: Mapped[UUID] = case_fk()
    round: Mapped[int] = mapped_column(comment="round of the case that it decides")
    state: Mapped[str] = mapped_column(comment="draft, proposed, confirmed or returned")
    version: Mapped[int] = mapped_column(comment="counts saves of the draft")
    content: Mapped[dict[str, Any]] = mapped_column(
        comment="issues, exhibits, outcome, remedies, text for each side; frozen once proposed"
    )
    content_hash: Mapped[str | None] = mapped_column(comment="SHA-256 of the frozen content")
    outcome: Mapped[str] = mapped_column(comment="outcome in the content, empty while open")
    money_moves: Mapped[bool] = mapped_column(comment="true when a correction must follow")
    four_eyes: Mapped[bool] = mapped_column(comment="true when a second person must confirm")
    created_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="who began the draft")
    created_at: Mapped[datetime] = mapped_column(comment="when the draft was begun")
    updated_at: Mapped[datetime] = mapped_column(comment="last save of the draft")
    proposed_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who froze it"
    )
    proposed_at: Mapped[datetime | None] = mapped_column(comment="when it was frozen")
    confirmed_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="the second person"
    )
    confirmed_at: Mapped[datetime | None] = mapped_column(comment="when it became the decision")
    returned_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who gave it back"
    )
    returned_at: Mapped[datetime | None] = mapped_column(comment="when it was given back")
    return_reason: Mapped[str] = mapped_column(server_default="", comment="why it was given back")


class DecisionNotice(SideScoped, Base):
    """What one side may read of a confirmed decision: its own text, labels of exhibits it can see."""

    __tablename__ = "decision_notice"
    __table_args__ = (
        CheckConstraint("side in ('complainant', 'respondent')", name="side_is_a_party"),
        CheckConstraint("disclosure = 'private'", name="always_private"),
        UniqueConstraint("decision_id", "side"),
        Index("ix_decision_notice_case_id", "case_id"),
        {"comment": "a confirmed decision as one side reads it; written once"},
    )

    id: Mapped[UUID] = uuid_pk()
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id"), comment="the decision")
    round: Mapped[int] = mapped_column(comment="round of the case")
    content: Mapped[dict[str, Any]] = mapped_column(
        comment="outcome, findings, remedies, reasons of this side"
    )
    created_at: Mapped[datetime] = mapped_column(comment="when it was confirmed")
