"""The table of ratings; written by this room's service alone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, SideScoped, uuid_pk


class Rating(SideScoped, Base):
    """What one side said about one round."""

    __tablename__ = "rating"
    __table_args__ = (
        CheckConstraint("side in ('complainant', 'respondent')", name="side_is_a_party"),
        CheckConstraint("disclosure = 'private'", name="always_private"),
        CheckConstraint("process between 1 and 5 and outcome between 1 and 5", name="one_of_five"),
        CheckConstraint("round >= 1 and version >= 1", name="counters_positive"),
        CheckConstraint("length(words) <= 4000", name="words_length"),
        CheckConstraint(
            "changed_at between given_at and given_at + interval '14 days'", name="fourteen_days"
        ),
        UniqueConstraint("case_id", "round", "side"),
        {"comment": "how a side found a round: handling and result apart; read by it and by leads"},
    )

    id: Mapped[UUID] = uuid_pk()
    round: Mapped[int] = mapped_column(comment="round of the case that ended")
    process: Mapped[int] = mapped_column(comment="how we handled it, 1 bad to 5 great")
    outcome: Mapped[int] = mapped_column(comment="the result itself, 1 bad to 5 great")
    solved_first: Mapped[bool | None] = mapped_column(
        comment="solved the first time; empty when not said"
    )
    words: Mapped[str] = mapped_column(comment="what could be better, as typed; may be empty")
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="who said it last")
    given_at: Mapped[datetime] = mapped_column(comment="when it was given first")
    changed_at: Mapped[datetime] = mapped_column(comment="when it was changed last")
    version: Mapped[int] = mapped_column(comment="counts changes")
