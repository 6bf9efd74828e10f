"""Tables of notices; written by this room's service alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, case_fk, uuid_pk

KINDS = (
    "'sign_in_code', 'staff_invite', 'account_notice', 'acknowledgement', 'request_asked', 'request_reminder', "
    "'message_received', 'letter_ready', 'decision_ready', 'case_closed', 'party_invite'"
)
STATES = "'queued', 'claimed', 'sent', 'unknown', 'failed'"


class OutgoingMail(Base):
    """One message to one address, and how sending it went."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        CheckConstraint(f"kind in ({KINDS})", name="kind_known"),
        CheckConstraint(f"state in ({STATES})", name="state_known"),
        CheckConstraint(
            "(state = 'claimed') = (claimed_at is not null and ended_at is null)",
            name="claimed_has_time",
        ),
        CheckConstraint(
            "(state in ('sent', 'unknown', 'failed')) = (ended_at is not null)",
            name="ended_has_time",
        ),
        CheckConstraint("state <> 'failed' or error <> ''", name="failed_has_reason"),
        CheckConstraint("address !~ '[[:cntrl:]]'", name="address_is_one_line"),
        CheckConstraint(
            "state in ('queued', 'claimed') or not secret or values = '{}'::jsonb",
            name="secret_wiped",
        ),
        CheckConstraint("tries >= 0 and resends between 0 and 1", name="counts_in_range"),
        Index("ix_outgoing_mail_address", "address", "created_at"),
        Index("ix_outgoing_mail_state", "state", "created_at"),
        {"comment": "mail to people, one row a recipient; the desk sees what did not arrive"},
    )

    id: Mapped[UUID] = uuid_pk()
    case_id: Mapped[UUID | None] = case_fk(nullable=True, comment="the case, when there is one")
    kind: Mapped[str] = mapped_column(comment="which template")
    subject_id: Mapped[str] = mapped_column(
        comment="what it is about: id of the case, request, letter …"
    )
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), index=True, comment="account of the recipient, if any"
    )
    address: Mapped[str] = mapped_column(comment="one address")
    language: Mapped[str] = mapped_column(comment="language it is written in")
    values: Mapped[dict[str, Any]] = mapped_column(
        comment="what the template is given; wiped when secret"
    )
    secret: Mapped[bool] = mapped_column(
        comment="true when the values must not outlive the sending"
    )
    message_id: Mapped[str] = mapped_column(
        unique=True, comment="the same for every try of this notice"
    )
    state: Mapped[str] = mapped_column(comment="queued, claimed, sent, unknown or failed")
    tries: Mapped[int] = mapped_column(comment="how often it was claimed")
    resends: Mapped[int] = mapped_column(comment="resent after an unknown outcome: at most once")
    error: Mapped[str] = mapped_column(server_default="", comment="stable slug of the last failure")
    created_at: Mapped[datetime] = mapped_column(comment="when it was asked for")
    due_at: Mapped[datetime] = mapped_column(comment="not before")
    claimed_at: Mapped[datetime | None] = mapped_column(comment="when a sender took it")
    ended_at: Mapped[datetime | None] = mapped_column(
        comment="when it was sent, given up or became unknown"
    )
