"""The table of counter-notices; written by this room's service alone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, SideScoped, uuid_pk

COMPLETE = (
    "material <> '' and locations <> '' and ground <> '' and explanation <> '' and full_name <> '' and address <> '' "
    "and place <> '' and phone <> '' and signature <> '' and understood and agrees_mistake and agrees_jurisdiction"
)


class CounterNotice(SideScoped, Base):
    """A draft of a side, or what it sent; shared with the claimant once it was accepted."""

    __tablename__ = "counter_notice"
    __table_args__ = (
        CheckConstraint("side = 'respondent'", name="of_the_respondent"),
        CheckConstraint("disclosure in ('private', 'shared')", name="disclosure_known"),
        CheckConstraint("disclosure = 'private' or sent_at is not null", name="shared_when_sent"),
        CheckConstraint(f"sent_at is null or ({COMPLETE})", name="sent_is_complete"),
        CheckConstraint("ground in ('', 'mistake', 'misidentification')", name="ground_known"),
        CheckConstraint("place in ('', 'us', 'elsewhere')", name="place_known"),
        CheckConstraint("attempt >= 1 and version >= 1", name="counters_positive"),
        UniqueConstraint("case_id", "attempt"),
        Index(
            "uq_counter_notice_one_draft",
            "case_id",
            unique=True,
            postgresql_where=text("sent_at is null"),
        ),
        {
            "comment": "counter-notices under 17 U.S.C. 512(g)(3): drafts, and sent ones that never change"
        },
    )

    id: Mapped[UUID] = uuid_pk()
    attempt: Mapped[int] = mapped_column(
        comment="1, then one more after each that was not accepted"
    )
    version: Mapped[int] = mapped_column(comment="counts changes; a stale save is refused")
    understood: Mapped[bool] = mapped_column(
        comment="knows that the claimant gets name and address"
    )
    material: Mapped[str] = mapped_column(comment="(B) what was removed")
    locations: Mapped[str] = mapped_column(comment="(B) where it was before")
    ground: Mapped[str] = mapped_column(comment="(C) mistake or misidentification")
    explanation: Mapped[str] = mapped_column(comment="why, in their words")
    agrees_mistake: Mapped[bool] = mapped_column(comment="(C) ticked under penalty of perjury")
    full_name: Mapped[str] = mapped_column(comment="(D) name")
    address: Mapped[str] = mapped_column(comment="(D) postal address")
    place: Mapped[str] = mapped_column(comment="(D) address in the United States, or elsewhere")
    phone: Mapped[str] = mapped_column(comment="(D) telephone number")
    agrees_jurisdiction: Mapped[bool] = mapped_column(comment="(D) consents to court and service")
    signature: Mapped[str] = mapped_column(comment="(A) typed signature; empty in a draft")
    signer_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="account that signed"
    )
    started_at: Mapped[datetime] = mapped_column(comment="when the draft was started")
    saved_at: Mapped[datetime] = mapped_column(comment="last change of its words")
    sent_at: Mapped[datetime | None] = mapped_column(comment="when it was sent; empty in a draft")
