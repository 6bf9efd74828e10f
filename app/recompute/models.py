"""Tables of the audit's runs, for cases and for statement months. A run is written once, by its job, wholly or not at all; a new one stands beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CHAR,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Amount, Base, Json, SideScoped, case_fk, uuid_pk

STATES = "'waiting', 'running', 'done', 'failed', 'cancelled'"


class PayoutAudit(Base):
    """One run of the audit: for a case, or of a statement month over all payees."""

    __tablename__ = "payout_audit"
    __table_args__ = (
        CheckConstraint(f"state in ({STATES})", name="state_known"),
        CheckConstraint("(state in ('waiting', 'running')) = (ended_at is null)", name="ended_has_time"),
        CheckConstraint("percent between 0 and 100", name="percent_real"),
        CheckConstraint("(case_id is null) <> (statement_month is null)", name="case_or_month"),
        Index("ix_payout_audit_month", "statement_month", "asked_at"),
        Index(
            "uq_payout_audit_open_month", "statement_month", unique=True,
            postgresql_where=text("state in ('waiting', 'running')"),
        ),
        Index("ix_payout_audit_newest", "case_id", "asked_at"),
        Index(
            "uq_payout_audit_open", "case_id", unique=True,
            postgresql_where=text("state in ('waiting', 'running')"),
        ),
        {"comment": "runs of the payout audit, for cases and months; a new run never changes an old one"},
    )  # fmt: skip

    id: Mapped[UUID] = uuid_pk()
    case_id: Mapped[UUID | None] = case_fk(
        nullable=True, index=False, comment="the case; none for a month"
    )
    statement_month: Mapped[str | None] = mapped_column(
        comment="YYYY-MM, where all payees of a month are audited"
    )
    state: Mapped[str] = mapped_column(comment="waiting, running, done, failed or cancelled")
    rules_version: Mapped[str] = mapped_column(comment="version of the contract that it follows")
    percent: Mapped[int] = mapped_column(SmallInteger, server_default="0", comment="how far it is")
    by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who asked for it; none for the system"
    )
    asked_at: Mapped[datetime] = mapped_column(comment="when it was asked for")
    ended_at: Mapped[datetime | None] = mapped_column(comment="when it ended")
    inputs: Mapped[Json] = mapped_column(
        server_default="{}", comment="parts with hashes, recordings, digest of the terms"
    )
    control: Mapped[Json] = mapped_column(
        server_default="{}", comment="control figures of the audit, whole"
    )
    figures: Mapped[Json] = mapped_column(
        server_default="{}", comment="payee to currency to counts and sums by reason"
    )
    outcome: Mapped[str] = mapped_column(server_default="", comment="why it failed, in words")


class PayoutAuditTotal(SideScoped, Base):
    """A total of a run, in minor units of its currency."""

    __tablename__ = "payout_audit_total"
    __table_args__ = (
        Index("ix_payout_audit_total_case_id", "case_id", "at"),
        {"comment": "totals of a run by payee, currency and statement month"},
    )

    audit_id: Mapped[UUID] = mapped_column(
        Uuid(), ForeignKey("payout_audit.id"), primary_key=True, comment="the run"
    )
    payee: Mapped[str] = mapped_column(primary_key=True, comment="code of the payee")
    currency: Mapped[str] = mapped_column(CHAR(3), primary_key=True, comment="ISO 4217")
    statement_month: Mapped[str] = mapped_column(primary_key=True, comment="YYYY-MM")
    expected: Mapped[Amount] = mapped_column(comment="what should have been paid")
    paid: Mapped[Amount] = mapped_column(comment="what statements said was paid")
    at: Mapped[datetime] = mapped_column(comment="when the run ended")


class PayoutAuditGroup(SideScoped, Base):
    """Lines of one payee, currency, statement month, store and territory; amounts add up to the totals."""

    __tablename__ = "payout_audit_group"
    __table_args__ = (
        Index("ix_payout_audit_group_page", "audit_id", "payee", "currency", "number"),
        {"comment": "lines of a run joined by month, store and territory"},
    )

    audit_id: Mapped[UUID] = mapped_column(
        Uuid(), ForeignKey("payout_audit.id"), primary_key=True, comment="the run"
    )
    number: Mapped[int] = mapped_column(primary_key=True, comment="order, from 1")
    payee: Mapped[str] = mapped_column(comment="code of the payee")
    currency: Mapped[str] = mapped_column(CHAR(3), comment="ISO 4217")
    statement_month: Mapped[str] = mapped_column(comment="YYYY-MM")
    store: Mapped[str] = mapped_column(comment="the store")
    territory: Mapped[str] = mapped_column(comment="alpha-2, ZZ unknown")
    units: Mapped[Amount] = mapped_column(comment="units that the store reported")
    expected: Mapped[Amount] = mapped_column(comment="what should have been paid, minor units")
    paid: Mapped[Amount] = mapped_column(comment="what statements said was paid, minor units")
    line_count: Mapped[int] = mapped_column(comment="lines in it")
    differ_count: Mapped[int] = mapped_column(comment="lines that differ")
    reason: Mapped[str] = mapped_column(comment="of the line that differs most; empty: all match")
    detail: Mapped[str] = mapped_column(comment="the value that explains that line")
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text()), comment="reasons of all its lines")
    gross: Mapped[Json] = mapped_column(
        server_default="{}", comment="currency of the store to what it reported, as text"
    )


class PayoutAuditLine(SideScoped, Base):
    """One joined row of the audit with what it was computed from."""

    __tablename__ = "payout_audit_line"
    __table_args__ = (
        Index("ix_payout_audit_line_group", "audit_id", "group_number", "number"),
        {"comment": "rows of a run, each with its working"},
    )

    audit_id: Mapped[UUID] = mapped_column(
        Uuid(), ForeignKey("payout_audit.id"), primary_key=True, comment="the run"
    )
    number: Mapped[int] = mapped_column(primary_key=True, comment="order, from 1")
    group_number: Mapped[int] = mapped_column(comment="the group it stands in")
    sale_month: Mapped[str] = mapped_column(comment="YYYY-MM")
    isrc: Mapped[str] = mapped_column(comment="recording, canonical")
    expected: Mapped[Amount] = mapped_column(comment="12 places")
    paid: Mapped[Amount] = mapped_column(comment="12 places")
    delta: Mapped[Amount] = mapped_column(comment="expected less paid")
    reason: Mapped[str] = mapped_column(comment="cause, or territory_left_out; empty: it matches")
    detail: Mapped[str] = mapped_column(comment="the value that explains it")
    units: Mapped[Amount] = mapped_column(comment="units that the store reported")
    working: Mapped[Json] = mapped_column(comment="gross, rates, fee, share and tax, as text")


class PayoutAuditSuspense(SideScoped, Base):
    """Money that could not be attributed on a recording of a payee, or that names them."""

    __tablename__ = "payout_audit_suspense"
    __table_args__ = (
        Index("ix_payout_audit_suspense_page", "audit_id", "payee", "number"),
        {"comment": "money of a run that cannot be attributed, for each payee whom it concerns"},
    )

    audit_id: Mapped[UUID] = mapped_column(
        Uuid(), ForeignKey("payout_audit.id"), primary_key=True, comment="the run"
    )
    number: Mapped[int] = mapped_column(primary_key=True, comment="order, from 1")
    payee: Mapped[str] = mapped_column(comment="whom it concerns; empty: nobody has a share")
    reason: Mapped[str] = mapped_column(comment="why, by the contract of the audit")
    statement_month: Mapped[str] = mapped_column(comment="YYYY-MM")
    sale_month: Mapped[str] = mapped_column(comment="YYYY-MM")
    store: Mapped[str] = mapped_column(comment="the store")
    territory: Mapped[str] = mapped_column(comment="alpha-2, ZZ unknown")
    isrc: Mapped[str] = mapped_column(
        comment="recording as it was written, canonical where it is one"
    )
    currency: Mapped[str] = mapped_column(CHAR(3), comment="ISO 4217, of the store")
    gross: Mapped[Amount] = mapped_column(comment="12 places, all that waits, not a share of it")


class PayoutAuditSplit(SideScoped, Base):
    """A share that a payee has or had on a recording, as the run read it."""

    __tablename__ = "payout_audit_split"
    __table_args__ = ({"comment": "split histories as a run read them"},)

    audit_id: Mapped[UUID] = mapped_column(
        Uuid(), ForeignKey("payout_audit.id"), primary_key=True, comment="the run"
    )
    payee: Mapped[str] = mapped_column(primary_key=True, comment="code of the payee")
    isrc: Mapped[str] = mapped_column(primary_key=True, comment="recording, canonical")
    rows: Mapped[list[Any]] = mapped_column(
        comment="share, territories, first month, month after the last; the oldest first"
    )


class PayoutAuditNote(Base):
    """A person explained a line; it stays when the audit runs again."""

    __tablename__ = "payout_audit_note"
    __table_args__ = (
        CheckConstraint("length(note) between 1 and 1000", name="note_length"),
        Index("ix_payout_audit_note_case", "case_id", "payee", "currency", "statement_month"),
        {"comment": "what people said of differences; the newest of a line counts"},
    )

    id: Mapped[UUID] = uuid_pk()
    case_id: Mapped[UUID] = case_fk(index=False)
    payee: Mapped[str] = mapped_column(comment="code of the payee")
    currency: Mapped[str] = mapped_column(CHAR(3), comment="ISO 4217")
    statement_month: Mapped[str] = mapped_column(comment="YYYY-MM")
    store: Mapped[str] = mapped_column(comment="the store")
    territory: Mapped[str] = mapped_column(comment="alpha-2, ZZ unknown")
    note: Mapped[str] = mapped_column(comment="what explains it")
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="who said so")
    at: Mapped[datetime] = mapped_column(comment="when")
