"""Tables of webhooks; written by this room's service alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, case_fk, uuid_pk


class WebhookEndpoint(Base):
    """An address that is told, in the name of a person, and only of what that person may see."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        CheckConstraint("state in ('on', 'off', 'disabled')", name="state_known"),
        CheckConstraint("reason in ('', 'gone', 'failing')", name="reason_known"),
        CheckConstraint("(state = 'disabled') = (reason <> '')", name="disabled_has_reason"),
        CheckConstraint("cardinality(kinds) > 0", name="kinds_some"),
        CheckConstraint("length(url) between 1 and 2000", name="url_length"),
        Index("ix_webhook_endpoint_person_id", "person_id"),
        {"comment": "addresses of programs that are told what happened"},
    )

    id: Mapped[UUID] = uuid_pk()
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id"), comment="its owner: it is told what this person may see"
    )
    url: Mapped[str] = mapped_column(comment="where it is called")
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text()), comment="what it is told")
    state: Mapped[str] = mapped_column(comment="on, off or disabled")
    reason: Mapped[str] = mapped_column(
        server_default="", comment="why it is disabled: gone or failing"
    )
    failing_since: Mapped[datetime | None] = mapped_column(
        comment="first failure after the last success"
    )
    created_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who made it, empty for the system"
    )
    created_at: Mapped[datetime] = mapped_column(comment="when it was made")
    removed_at: Mapped[datetime | None] = mapped_column(comment="when its owner removed it")
    version: Mapped[int] = mapped_column(server_default="1", comment="optimistic lock")


class WebhookSecret(Base):
    """What signs. Two places, so that there can never be three."""

    __tablename__ = "webhook_secret"
    __table_args__ = (
        CheckConstraint("place in ('newest', 'older')", name="place_known"),
        CheckConstraint("(place = 'older') = (ends_at is not null)", name="older_ends"),
        {"comment": "secrets that sign calls, encrypted; two at most"},
    )

    endpoint_id: Mapped[UUID] = mapped_column(
        ForeignKey("webhook_endpoint.id"), primary_key=True, comment="whose calls it signs"
    )
    place: Mapped[str] = mapped_column(primary_key=True, comment="newest, or older until it ends")
    sealed: Mapped[str] = mapped_column(comment="encrypted with a key of the settings")
    made_at: Mapped[datetime] = mapped_column(comment="when it was made and shown")
    ends_at: Mapped[datetime | None] = mapped_column(comment="when the older one stops signing")


class WebhookDelivery(Base):
    """One thing that happened, told to one endpoint. Its id is the `webhook-id`."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint(
            "state in ('waiting', 'delivered', 'failed', 'withheld')", name="state_known"
        ),
        CheckConstraint("(state = 'waiting') = (ended_at is null)", name="ended_has_time"),
        CheckConstraint("tries between 0 and 8 and attempts >= tries", name="counts_in_range"),
        CheckConstraint("(kind = 'ping') = (event_id is null)", name="ping_has_no_event"),
        UniqueConstraint("endpoint_id", "event_id"),
        Index("ix_webhook_delivery_endpoint_id", "endpoint_id", "created_at"),
        Index(
            "ix_webhook_delivery_ended_at",
            "ended_at",
            postgresql_where=text("ended_at is not null"),
        ),
        Index(
            "ix_webhook_delivery_waiting",
            "endpoint_id",
            "case_id",
            "happened_at",
            postgresql_where=text("state = 'waiting'"),
        ),
        {"comment": "what is told to an endpoint, and how that went"},
    )

    id: Mapped[UUID] = uuid_pk("the same for every attempt and replay")
    endpoint_id: Mapped[UUID] = mapped_column(
        ForeignKey("webhook_endpoint.id"), comment="who is told"
    )
    event_id: Mapped[UUID | None] = mapped_column(comment="what happened, empty for a ping")
    kind: Mapped[str] = mapped_column(comment="what kind of thing happened")
    case_id: Mapped[UUID | None] = case_fk(nullable=True, index=False)
    data: Mapped[dict[str, Any]] = mapped_column(comment="identifiers that travel, nothing else")
    happened_at: Mapped[datetime] = mapped_column(comment="when it happened")
    state: Mapped[str] = mapped_column(comment="waiting, delivered, failed or withheld")
    tries: Mapped[int] = mapped_column(comment="attempts since it was asked for or replayed")
    attempts: Mapped[int] = mapped_column(comment="attempts in all")
    created_at: Mapped[datetime] = mapped_column(comment="when it was asked for")
    next_at: Mapped[datetime | None] = mapped_column(comment="when it is tried next")
    ended_at: Mapped[datetime | None] = mapped_column(
        comment="when it was delivered, given up or withheld"
    )


class WebhookAttempt(Base):
    """One call. Its answer is text of others and is shown as such."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("(status is null) = (failure <> '')", name="answer_or_failure"),
        CheckConstraint("length(answer) <= 500", name="answer_length"),
        {"comment": "calls of endpoints and what came back"},
    )

    delivery_id: Mapped[UUID] = mapped_column(
        ForeignKey("webhook_delivery.id", ondelete="cascade"),
        primary_key=True,
        comment="what was told",
    )
    number: Mapped[int] = mapped_column(primary_key=True, comment="from 1, over all replays")
    at: Mapped[datetime] = mapped_column(comment="when it began")
    status: Mapped[int | None] = mapped_column(comment="HTTP status, empty without an answer")
    failure: Mapped[str] = mapped_column(comment="why there was no answer")
    took_ms: Mapped[int | None] = mapped_column(
        comment="milliseconds until the answer was read; empty without one"
    )
    answer: Mapped[str] = mapped_column(comment="first characters of the answer")
