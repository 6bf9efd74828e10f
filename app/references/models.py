"""Tables of outside numbers; written by this room's service alone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, SideScoped, case_fk, uuid_pk

KINDS = "'store_number', 'claim_id', 'own_reference'"


class CaseReference(SideScoped, Base):
    """A number as one side of a case named it. Unique within case and side only: no oracle across sides."""

    __tablename__ = "case_reference"
    __table_args__ = (
        CheckConstraint(f"kind in ({KINDS})", name="kind_known"),
        CheckConstraint(
            "side in ('complainant', 'respondent') and disclosure = 'private'", name="of_one_party"
        ),
        CheckConstraint("length(normal) between 1 and 100", name="normal_length"),
        Index(
            "uq_case_reference_live", "case_id", "side", "kind", "normal", unique=True,
            postgresql_where=text("ended_at is null"),
        ),
        Index("ix_case_reference_same", "kind", "normal", "created_at"),
        {"comment": "numbers that others gave a case, as one side named them"},
    )  # fmt: skip

    id: Mapped[UUID] = uuid_pk()
    kind: Mapped[str] = mapped_column(comment="store_number, claim_id or own_reference")
    value: Mapped[str] = mapped_column(comment="as typed")
    normal: Mapped[str] = mapped_column(comment="the form that is compared")
    by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who noted it; none for the system"
    )
    created_at: Mapped[datetime] = mapped_column(comment="when")
    ended_at: Mapped[datetime | None] = mapped_column(comment="when it was taken off")


class ReferenceHolder(Base):
    """Which case holds a number. One row a number: two cases that race for it queue here (B110)."""

    __tablename__ = "reference_holder"
    __table_args__ = (
        CheckConstraint(f"kind in ({KINDS})", name="kind_known"),
        {"comment": "which case holds a number of others; read by the system alone"},
    )

    kind: Mapped[str] = mapped_column(primary_key=True, comment="kind of the number")
    normal: Mapped[str] = mapped_column(primary_key=True, comment="the number, compared form")
    case_id: Mapped[UUID | None] = case_fk(
        nullable=True, comment="the case that holds it; none when it was taken off"
    )
    since: Mapped[datetime] = mapped_column(comment="since when")
