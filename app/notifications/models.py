"""Tables of notices; written by this room's service alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, case_fk, uuid_pk

KINDS = (
    "'sign_in_code', 'staff_invite', 'account_notice', 'acknowledgement', 'request_asked', 'request_reminder', "
    "'message_received', 'letter_ready', 'decision_ready', 'case_closed', 'party_invite', 'party_lapsed', "
    "'deadline_near', 'deadline_missed', 'deadline_overdue', 'window_alarm', 'party_silent', 'party_wrote', "
    "'party_answered', 'mail_failed', 'digest', 'delegate_invite', 'status_code', 'case_file_ready', 'parent_event'"
)
STATES = "'queued', 'claimed', 'sent', 'unknown', 'failed', 'dropped'"


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
            "(state in ('sent', 'unknown', 'failed', 'dropped')) = (ended_at is not null)",
            name="ended_has_time",
        ),
        CheckConstraint(
            "state not in ('failed', 'dropped') or error <> ''", name="failed_has_reason"
        ),
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
    state: Mapped[str] = mapped_column(comment="queued, claimed, sent, unknown, failed or dropped")
    tries: Mapped[int] = mapped_column(comment="how often it was claimed")
    resends: Mapped[int] = mapped_column(comment="resent after an unknown outcome: at most once")
    error: Mapped[str] = mapped_column(server_default="", comment="stable slug of the last failure")
    created_at: Mapped[datetime] = mapped_column(comment="when it was asked for")
    due_at: Mapped[datetime] = mapped_column(comment="not before")
    claimed_at: Mapped[datetime | None] = mapped_column(comment="when a sender took it")
    ended_at: Mapped[datetime | None] = mapped_column(
        comment="when it was sent, given up or became unknown"
    )


class Notice(Base):
    """Something that a person was told; the list of their notifications."""

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint(f"kind in ({KINDS})", name="kind_known"),
        CheckConstraint("by_mail in ('none', 'now', 'digest')", name="by_mail_known"),
        UniqueConstraint("person_id", "kind", "subject_id"),
        Index("ix_notice_list", "person_id", "created_at", "id"),
        Index("ix_notice_unread", "person_id", "case_id", postgresql_where=text("read_at is null")),
        Index("ix_notice_digest", "person_id", postgresql_where=text("by_mail = 'digest'")),
        {"comment": "what people were told, one row a person; only they read it"},
    )

    id: Mapped[UUID] = uuid_pk()
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="who is told")
    case_id: Mapped[UUID | None] = case_fk(nullable=True, comment="the case, when there is one")
    kind: Mapped[str] = mapped_column(comment="what happened")
    subject_id: Mapped[str] = mapped_column(
        comment="what it is about: id of the case, request, letter …"
    )
    values: Mapped[dict[str, Any]] = mapped_column(
        comment="what its sentence is given; never what a case says"
    )
    by_mail: Mapped[str] = mapped_column(
        comment="none, now, or digest until the daily mail took it"
    )
    created_at: Mapped[datetime] = mapped_column(comment="when they were told")
    read_at: Mapped[datetime | None] = mapped_column(comment="when they read it")


class NoticeChoice(Base):
    """Which notices come by mail, and when; of a person, or of an address without an account."""

    __tablename__ = "notice_choice"
    __table_args__ = (
        CheckConstraint("(person_id is null) <> (address is null)", name="of_one"),
        CheckConstraint("(quiet_from is null) = (quiet_to is null)", name="quiet_whole"),
        CheckConstraint(
            "quiet_from between 0 and 1439 and quiet_to between 0 and 1439", name="quiet_of_a_day"
        ),
        UniqueConstraint("person_id"),
        UniqueConstraint("address"),
        {"comment": "which notices come by mail and when, where it differs from what is usual"},
    )

    id: Mapped[UUID] = uuid_pk()
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), comment="whose")
    address: Mapped[str | None] = mapped_column(
        CITEXT, comment="whose, for somebody without an account"
    )
    mail: Mapped[dict[str, Any]] = mapped_column(comment="by kind: true or false where chosen")
    quiet_from: Mapped[int | None] = mapped_column(
        SmallInteger, comment="minute of the local day from which mails wait"
    )
    quiet_to: Mapped[int | None] = mapped_column(
        SmallInteger, comment="minute of the local day until which they wait"
    )
    zone: Mapped[str | None] = mapped_column(comment="IANA zone of these hours; none: the own one")
    digest: Mapped[bool] = mapped_column(comment="one mail a day instead of single ones")
    version: Mapped[int] = mapped_column(comment="counts every change")
    updated_at: Mapped[datetime] = mapped_column(comment="last change")


class SuppressedAddress(Base):
    """An address that refused a mail for good: nothing but codes is sent there until the desk lifts it."""

    __tablename__ = "suppressed_address"
    __table_args__ = (
        CheckConstraint("address::text !~ '[[:cntrl:]]'", name="address_is_one_line"),
        CheckConstraint("reason in ('bounced', 'complained', 'asked')", name="reason_known"),
        {"comment": "addresses that are mailed no more, with why and since when"},
    )

    id: Mapped[UUID] = uuid_pk()
    address: Mapped[str] = mapped_column(CITEXT, unique=True, comment="the address")
    reason: Mapped[str] = mapped_column(comment="bounced, complained or asked")
    status: Mapped[str] = mapped_column(server_default="", comment="status of the refusal, as 550")
    mail_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("outgoing_mail.id"), index=True, comment="the mail that was refused"
    )
    since: Mapped[datetime] = mapped_column(comment="since when")
    lifted_at: Mapped[datetime | None] = mapped_column(comment="when the desk allowed it again")


class MailBounce(Base):
    """A delivery report about one mail; counted once."""

    __tablename__ = "mail_bounce"
    __table_args__ = (
        CheckConstraint("kind in ('hard', 'content', 'soft')", name="kind_known"),
        CheckConstraint("status ~ '^[245][.][0-9]{1,3}[.][0-9]{1,3}$'", name="status_shape"),
        CheckConstraint("length(report_hash) = 64", name="hash_length"),
        {"comment": "reports of servers that a mail did not arrive, or not yet; append-only"},
    )

    id: Mapped[UUID] = uuid_pk()
    mail_id: Mapped[UUID] = mapped_column(
        ForeignKey("outgoing_mail.id"), index=True, comment="the mail that came back"
    )
    kind: Mapped[str] = mapped_column(comment="hard, content or soft")
    status: Mapped[str] = mapped_column(comment="as 5.1.1, by RFC 3463")
    report_hash: Mapped[str] = mapped_column(unique=True, comment="SHA-256 of the report")
    at: Mapped[datetime] = mapped_column(index=True, comment="when it was read")
