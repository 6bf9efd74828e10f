"""The typed declarative base and the column shapes that every room shares."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID, uuid4

from sqlalchemy import CHAR, Date, DateTime, ForeignKey, MetaData, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from app.kernel.sides import Disclosure, Side

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Amount = Annotated[Decimal, mapped_column(Numeric(38, 12))]
Currency = Annotated[str, mapped_column(CHAR(3))]
Json = dict[str, Any]


class Base(DeclarativeBase):
    """Plain typed base; text for strings, timestamptz for instants, jsonb for dicts."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            str: Text(),
            UUID: Uuid(),
            datetime: DateTime(timezone=True),
            date: Date(),
            dict[str, Any]: JSONB(),
            list[Any]: JSONB(),
        },
    )


def uuid_pk(comment: str = "random public identifier") -> Mapped[UUID]:
    """Primary key made in Python, so nothing can be guessed from its neighbour."""
    return mapped_column(Uuid(), primary_key=True, default=uuid4, comment=comment)


def case_fk(*, nullable: bool = False, index: bool = True, comment: str = "the case") -> Any:
    """Foreign key to a case by table name: rooms above never import its model for it."""
    return mapped_column(
        Uuid(), ForeignKey("case.id"), nullable=nullable, index=index, comment=comment
    )


class SideScoped:
    """Columns of every row that belongs to one side of a case; the walls read them (ADR 0011)."""

    case_id: Mapped[UUID] = mapped_column(Uuid(), ForeignKey("case.id"), comment="the case")
    side: Mapped[Side] = mapped_column(Text(), comment="whose room: complainant, respondent, desk")
    disclosure: Mapped[Disclosure] = mapped_column(Text(), comment="private, shared or internal")
