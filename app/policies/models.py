"""Calendars and policies as versioned rows; nothing here is ever updated."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, uuid_pk

KINDS = "'takedown', 'payout', 'rights_claim', 'support'"


class Calendar(Base):
    """A working calendar in one version."""

    __tablename__ = "calendar"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint(
            "opens_minute >= 0 and opens_minute < closes_minute and closes_minute <= 1440",
            name="hours_in_order",
        ),
        CheckConstraint("first_year <= last_year", name="years_in_order"),
        CheckConstraint("length(content_hash) = 64", name="content_hash_is_sha256"),
        {"comment": "a working calendar in one version; a change makes a new version"},
    )

    id: Mapped[UUID] = uuid_pk()
    code: Mapped[str] = mapped_column(comment="short name, for example US or DE")
    version: Mapped[int] = mapped_column(comment="1, 2, 3 within the code")
    zone: Mapped[str] = mapped_column(comment="IANA zone in which its days are counted")
    weekend: Mapped[list[int]] = mapped_column(
        ARRAY(SmallInteger()), comment="days off each week, Monday is 0"
    )
    opens_minute: Mapped[int] = mapped_column(
        SmallInteger(), comment="minutes after local midnight when work starts"
    )
    closes_minute: Mapped[int] = mapped_column(
        SmallInteger(), comment="minutes after local midnight when work ends"
    )
    first_year: Mapped[int] = mapped_column(
        SmallInteger(), comment="first year whose holidays are listed"
    )
    last_year: Mapped[int] = mapped_column(
        SmallInteger(), comment="last year whose holidays are listed"
    )
    source: Mapped[str] = mapped_column(comment="where the holidays came from, with its version")
    content_hash: Mapped[str] = mapped_column(
        comment="SHA-256 over zone, hours, weekend and holidays"
    )
    reason: Mapped[str] = mapped_column(comment="why this version was made")
    created_at: Mapped[datetime] = mapped_column(comment="when this version was stored")


class CalendarHoliday(Base):
    """A day off of one calendar version."""

    __tablename__ = "calendar_holiday"
    __table_args__ = ({"comment": "days off of one calendar version"},)

    calendar_id: Mapped[UUID] = mapped_column(
        ForeignKey("calendar.id"), primary_key=True, comment="the calendar version"
    )
    on_date: Mapped[date] = mapped_column(primary_key=True, comment="the day off")
    name: Mapped[str] = mapped_column(comment="what the day is called")


class ApprovalPolicy(Base):
    """From which amount on two people approve, in one version."""

    __tablename__ = "approval_policy"
    __table_args__ = (
        UniqueConstraint("version"),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint("length(content_hash) = 64", name="content_hash_is_sha256"),
        {"comment": "limits of approval in one version; a change makes a new version"},
    )

    id: Mapped[UUID] = uuid_pk()
    version: Mapped[int] = mapped_column(comment="1, 2, 3")
    effective_from: Mapped[datetime] = mapped_column(
        comment="corrections proposed or changed from this instant on use it"
    )
    two_from: Mapped[dict[str, Any]] = mapped_column(
        comment="by currency, whole major units from which on two people approve"
    )
    content_hash: Mapped[str] = mapped_column(comment="SHA-256 over the limits, to see a change")
    reason: Mapped[str] = mapped_column(comment="why this version was made")
    by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who made it; none for the system"
    )
    created_at: Mapped[datetime] = mapped_column(comment="when this version was stored")


class CasePolicy(Base):
    """The policy of a sub-kind in one version."""

    __tablename__ = "case_policy"
    __table_args__ = (
        UniqueConstraint("sub_kind", "version"),
        CheckConstraint(f"kind in ({KINDS})", name="kind_known"),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint(
            "silence in ('decide_on_file', 'complainant_prevails', 'respondent_prevails')",
            name="silence_known",
        ),
        CheckConstraint("length(content_hash) = 64", name="content_hash_is_sha256"),
        {"comment": "the policy of a sub-kind in one version; a change makes a new version"},
    )

    id: Mapped[UUID] = uuid_pk()
    kind: Mapped[str] = mapped_column(comment="case kind")
    sub_kind: Mapped[str] = mapped_column(comment="case sub-kind")
    version: Mapped[int] = mapped_column(comment="1, 2, 3 within the sub-kind")
    effective_from: Mapped[datetime] = mapped_column(
        comment="cases filed from this instant on use it"
    )
    form: Mapped[dict[str, Any]] = mapped_column(
        comment="fields of the filing form and statements to sign"
    )
    checklist: Mapped[dict[str, Any]] = mapped_column(comment="evidence wanted from each side")
    clocks: Mapped[dict[str, Any]] = mapped_column(comment="length and unit of each clock")
    silence: Mapped[str] = mapped_column(
        comment="what an unanswered request proposes; a person still decides"
    )
    letters: Mapped[dict[str, Any]] = mapped_column(comment="letter kind sent at each step")
    disclosure: Mapped[dict[str, Any]] = mapped_column(
        comment="what the other side is shown by default"
    )
    second_pair: Mapped[bool] = mapped_column(
        comment="whether another person must confirm each decision"
    )
    calendar_code: Mapped[str] = mapped_column(
        comment="calendar of the agent for service and statutory clocks"
    )
    content_hash: Mapped[str] = mapped_column(comment="SHA-256 over the content, to see a change")
    reason: Mapped[str] = mapped_column(comment="why this version was made")
    created_at: Mapped[datetime] = mapped_column(comment="when this version was stored")
