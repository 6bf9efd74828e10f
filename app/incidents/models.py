"""Tables of parent events. What was found is never changed; only what persons decide is added."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CHAR,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Amount, Base, Json, case_fk, uuid_pk

STATES = "'open', 'opening', 'opened', 'dismissed', 'superseded'"
RESULTS = "'waiting', 'opened', 'joined', 'unknown', 'refused'"


class ParentEvent(Base):
    """One fault with many payees, in one statement month."""

    __tablename__ = "parent_event"
    __table_args__ = (
        CheckConstraint(f"state in ({STATES})", name="state_known"),
        CheckConstraint("statement_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'", name="month_real"),
        CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest_hex"),
        CheckConstraint("payee_count > 0 and line_count >= payee_count", name="counts_real"),
        CheckConstraint(
            "(state in ('opening', 'opened', 'dismissed')) = (decided_at is not null)",
            name="decided_has_time",
        ),
        CheckConstraint(
            "(decided_at is null) = (decided_by_id is null)", name="decided_by_somebody"
        ),
        CheckConstraint("(state = 'dismissed') = (reason <> '')", name="dismissed_has_reason"),
        Index("ix_parent_event_order", "found_at", "id"),
        Index(
            "uq_parent_event_open", "statement_month", "cause", "detail_key", unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        {"comment": "one fault with many payees, found by our own check of a statement month"},
    )  # fmt: skip

    id: Mapped[UUID] = uuid_pk()
    audit_id: Mapped[UUID] = mapped_column(
        ForeignKey("payout_audit.id"), index=True, comment="the run that found it"
    )
    statement_month: Mapped[str] = mapped_column(comment="YYYY-MM")
    cause: Mapped[str] = mapped_column(comment="cause of every line, by the contract of the audit")
    detail_key: Mapped[str] = mapped_column(
        comment="value that parts it from other faults of that cause"
    )
    detail: Mapped[str] = mapped_column(comment="value that all lines share; empty: they differ")
    isrc: Mapped[str] = mapped_column(comment="recording that all lines share; empty: they differ")
    store: Mapped[str] = mapped_column(comment="store that all lines share; empty: they differ")
    territory: Mapped[str] = mapped_column(
        comment="territory that all lines share; empty: they differ"
    )
    payee_count: Mapped[int] = mapped_column(comment="payees")
    line_count: Mapped[int] = mapped_column(comment="lines")
    sums: Mapped[Json] = mapped_column(comment="currency to exact sum of what is owed, as text")
    digest: Mapped[str] = mapped_column(comment="equal for the same lines in any order")
    found_at: Mapped[datetime] = mapped_column(comment="when it was found")
    state: Mapped[str] = mapped_column(comment="open, opening, opened, dismissed or superseded")
    version: Mapped[int] = mapped_column(server_default="1", comment="counts changes")
    decided_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who decided"
    )
    decided_at: Mapped[datetime | None] = mapped_column(comment="when")
    reason: Mapped[str] = mapped_column(server_default="", comment="why it was dismissed")


class ParentEventPayee(Base):
    """A payee of an event, and what became of the case proposed for them."""

    __tablename__ = "parent_event_payee"
    __table_args__ = (
        CheckConstraint(f"result in ({RESULTS})", name="result_known"),
        CheckConstraint(
            "(result in ('opened', 'joined')) = (case_id is not null)", name="opened_has_case"
        ),
        CheckConstraint("(result = 'waiting') = (done_at is null)", name="done_has_time"),
        Index("ix_parent_event_payee_payee", "payee"),
        Index("ix_parent_event_payee_case", "case_id"),
        {"comment": "payees of parent events, each with the case that was opened for them"},
    )

    event_id: Mapped[UUID] = mapped_column(
        Uuid(), ForeignKey("parent_event.id"), primary_key=True, comment="the event"
    )
    payee: Mapped[str] = mapped_column(primary_key=True, comment="name on statements")
    line_count: Mapped[int] = mapped_column(comment="lines of theirs")
    sums: Mapped[Json] = mapped_column(comment="currency to exact sum of what is owed, as text")
    result: Mapped[str] = mapped_column(comment="waiting, opened, joined, unknown or refused")
    reason: Mapped[str] = mapped_column(server_default="", comment="why no case was opened")
    case_id: Mapped[UUID | None] = case_fk(nullable=True, index=False, comment="the child case")
    done_at: Mapped[datetime | None] = mapped_column(comment="when that was done")


class ParentEventLine(Base):
    """A discrepancy that an event took."""

    __tablename__ = "parent_event_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "payee"], ["parent_event_payee.event_id", "parent_event_payee.payee"]
        ),
        Index(
            "uq_parent_event_line_live",
            "statement_month", "payee", "sale_month", "store", "territory", "isrc", "currency",
            unique=True, postgresql_where=text("live"),
        ),
        Index("ix_parent_event_line_payee", "event_id", "payee", "number"),
        {"comment": "discrepancies that parent events took; a live one stands in one event alone"},
    )  # fmt: skip

    event_id: Mapped[UUID] = mapped_column(
        Uuid(), ForeignKey("parent_event.id"), primary_key=True, comment="the event"
    )
    number: Mapped[int] = mapped_column(primary_key=True, comment="order, from 1")
    payee: Mapped[str] = mapped_column(comment="name on statements")
    statement_month: Mapped[str] = mapped_column(comment="YYYY-MM")
    sale_month: Mapped[str] = mapped_column(comment="YYYY-MM")
    store: Mapped[str] = mapped_column(comment="the store")
    territory: Mapped[str] = mapped_column(comment="alpha-2, ZZ unknown")
    isrc: Mapped[str] = mapped_column(comment="recording, canonical")
    currency: Mapped[str] = mapped_column(CHAR(3), comment="ISO 4217")
    expected: Mapped[Amount] = mapped_column(comment="12 places")
    paid: Mapped[Amount] = mapped_column(comment="12 places")
    delta: Mapped[Amount] = mapped_column(comment="expected less paid")
    detail: Mapped[str] = mapped_column(comment="the value that explains it")
    live: Mapped[bool] = mapped_column(
        server_default="true", comment="false once its event was superseded"
    )
