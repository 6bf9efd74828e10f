"""Tables of accounts; written by this room's service alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, CITEXT, INET, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, uuid_pk

RELATIONS = "'co_writer', 'manager', 'label', 'other'"
ROLES = "'artist', 'agent', 'reviewer', 'lead', 'finance_preparer', 'finance_approver', 'admin', 'auditor'"


def _person(comment: str = "the person", *, primary_key: bool = False, index: bool = False) -> Any:
    return mapped_column(
        ForeignKey("person.id"),
        primary_key=primary_key,
        index=index or None,
        comment=comment,
    )


class Person(Base):
    """Somebody with an account."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("status in ('invited', 'active', 'disabled')", name="status_known"),
        CheckConstraint("theme in ('system', 'light', 'dark')", name="theme_known"),
        CheckConstraint("length(name) between 1 and 200", name="name_length"),
        CheckConstraint("length(email::text) between 3 and 254", name="email_length"),
        {"comment": "people with an account"},
    )

    id: Mapped[UUID] = uuid_pk()
    email: Mapped[str] = mapped_column(CITEXT, unique=True, comment="sign-in address, lower case")
    name: Mapped[str] = mapped_column(comment="name shown")
    locale: Mapped[str] = mapped_column(server_default="en", comment="language of pages and mails")
    zone: Mapped[str] = mapped_column(server_default="UTC", comment="IANA zone of the person")
    theme: Mapped[str] = mapped_column(server_default="system", comment="system, light or dark")
    status: Mapped[str] = mapped_column(comment="invited, active or disabled")
    session_version: Mapped[int] = mapped_column(
        server_default="1", comment="sessions of an older number are dead"
    )
    version: Mapped[int] = mapped_column(server_default="1", comment="optimistic lock")
    created_at: Mapped[datetime] = mapped_column(comment="when the account was made")


class RoleGrant(Base):
    """A role of a person from a moment to another."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(f"role in ({ROLES})", name="role_known"),
        CheckConstraint("granted_by is distinct from person_id", name="not_to_oneself"),
        Index(
            "uq_role_grant_live",
            "person_id",
            "role",
            unique=True,
            postgresql_where=text("revoked_at is null"),
        ),
        Index("ix_role_grant_person_id", "person_id"),
        {"comment": "roles of people, kept after they end"},
    )

    id: Mapped[UUID] = uuid_pk()
    person_id: Mapped[UUID] = _person()
    role: Mapped[str] = mapped_column(comment="the role")
    granted_by: Mapped[UUID | None] = _person("who gave it, empty for the system")
    granted_at: Mapped[datetime] = mapped_column(comment="since when")
    revoked_at: Mapped[datetime | None] = mapped_column(comment="until when; sight ends at once")


class PaneLayout(Base):
    """How wide a person likes the panes of a case."""

    __tablename__ = "pane_layout"
    __table_args__ = (
        CheckConstraint("facts between 220 and 480", name="facts_fits"),
        CheckConstraint("evidence between 320 and 760", name="evidence_fits"),
        {"comment": "how wide a person likes the panes of a case"},
    )

    person_id: Mapped[UUID] = _person("whose panes", primary_key=True)
    facts: Mapped[int] = mapped_column(comment="width of the facts, CSS pixels")
    evidence: Mapped[int] = mapped_column(comment="width of the evidence, CSS pixels")


class Delegation(Base):
    """One person may act for another, dated."""

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("principal_id <> delegate_id", name="two_people"),
        CheckConstraint("ends_at is null or ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("capability in ('act', 'read')", name="capability_known"),
        CheckConstraint(f"relation in ({RELATIONS})", name="relation_known"),
        {"comment": "who may act for whom, dated"},
    )

    id: Mapped[UUID] = uuid_pk()
    principal_id: Mapped[UUID] = _person("for whom", index=True)
    delegate_id: Mapped[UUID] = _person("who acts", index=True)
    starts_at: Mapped[datetime] = mapped_column(comment="from when")
    ends_at: Mapped[datetime | None] = mapped_column(comment="until when, empty for open")
    revoked_at: Mapped[datetime | None] = mapped_column(comment="taken back; sight ends at once")
    created_by: Mapped[UUID | None] = _person("who entered it, empty for the system")
    created_at: Mapped[datetime] = mapped_column(comment="when it was entered")
    capability: Mapped[str] = mapped_column(server_default="act", comment="act, or read only")
    relation: Mapped[str] = mapped_column(
        server_default="other", comment="who they are to the principal"
    )


class DelegationInvitation(Base):
    """A link with which somebody accepts to act for another."""

    __tablename__ = "delegation_invitation"
    __table_args__ = (
        CheckConstraint("capability in ('act', 'read')", name="capability_known"),
        CheckConstraint(f"relation in ({RELATIONS})", name="relation_known"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("(used_at is null) = (delegation_id is null)", name="used_has_delegation"),
        {"comment": "links with which somebody accepts to act for another, single use"},
    )

    id: Mapped[UUID] = uuid_pk()
    principal_id: Mapped[UUID] = _person("for whom", index=True)
    email: Mapped[str] = mapped_column(CITEXT, comment="address it is bound to")
    capability: Mapped[str] = mapped_column(comment="act, or read only")
    relation: Mapped[str] = mapped_column(comment="who they are to the principal")
    starts_at: Mapped[datetime] = mapped_column(comment="from when they may act")
    ends_at: Mapped[datetime] = mapped_column(comment="until when they may act")
    token_hash: Mapped[bytes] = mapped_column(
        LargeBinary, unique=True, comment="hash of the token in the link"
    )
    created_at: Mapped[datetime] = mapped_column(comment="when it was sent")
    expires_at: Mapped[datetime] = mapped_column(comment="72 hours later")
    used_at: Mapped[datetime | None] = mapped_column(comment="when it was accepted")
    void_at: Mapped[datetime | None] = mapped_column(comment="when it was taken back or replaced")
    delegation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("delegation.id"), comment="what it became"
    )


class PersonLink(Base):
    """Two accounts of one human; four eyes look through them."""

    __tablename__ = "person_link"
    __table_args__ = (
        UniqueConstraint("person_id", "other_id"),
        CheckConstraint("person_id < other_id", name="ordered_pair"),
        {"comment": "pairs of accounts of one human; never taken back"},
    )

    id: Mapped[UUID] = uuid_pk()
    person_id: Mapped[UUID] = _person("one account")
    other_id: Mapped[UUID] = _person("another account of the same human", index=True)
    linked_by: Mapped[UUID | None] = _person("who said so, empty for the system")
    linked_at: Mapped[datetime] = mapped_column(comment="since when")


class Credential(Base):
    """The password of a member of staff."""

    __tablename__ = "credential"
    __table_args__ = (
        CheckConstraint("password_hash like '$argon2id$%'", name="is_argon2id"),
        {"comment": "passwords of staff, hashed"},
    )

    person_id: Mapped[UUID] = _person(primary_key=True)
    password_hash: Mapped[str] = mapped_column(comment="argon2id, parameters inside")
    set_at: Mapped[datetime] = mapped_column(comment="when it was set")


class TotpSecret(Base):
    """An authenticator app."""

    __tablename__ = "totp_secret"
    __table_args__ = ({"comment": "secrets of authenticator apps"},)

    person_id: Mapped[UUID] = _person(primary_key=True)
    secret: Mapped[bytes] = mapped_column(
        LargeBinary, comment="encrypted with a key from the settings"
    )
    confirmed_at: Mapped[datetime | None] = mapped_column(
        comment="when the first code was right; empty while enrolling"
    )
    last_step: Mapped[int] = mapped_column(
        BigInteger,
        server_default="0",
        comment="time step of the last code taken: none is taken twice",
    )
    created_at: Mapped[datetime] = mapped_column(comment="when it was made")


class RecoveryCode(Base):
    """A way in when the authenticator is lost, once."""

    __tablename__ = "recovery_code"
    __table_args__ = ({"comment": "recovery codes, single use"},)

    id: Mapped[UUID] = uuid_pk()
    person_id: Mapped[UUID] = _person(index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, comment="keyed hash of the code")
    used_at: Mapped[datetime | None] = mapped_column(comment="when it was used up")
    created_at: Mapped[datetime] = mapped_column(comment="when it was made")


class SignInCode(Base):
    """A link and a six-digit code sent by e-mail."""

    __tablename__ = "sign_in_code"
    __table_args__ = (
        CheckConstraint("purpose in ('sign_in', 'email')", name="purpose_known"),
        {"comment": "links and codes sent by e-mail, single use"},
    )

    id: Mapped[UUID] = uuid_pk()
    person_id: Mapped[UUID] = _person(index=True)
    purpose: Mapped[str] = mapped_column(comment="sign_in or email")
    email: Mapped[str] = mapped_column(CITEXT, comment="address it was sent to")
    link_hash: Mapped[bytes] = mapped_column(
        LargeBinary, unique=True, comment="hash of the token in the link"
    )
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, comment="keyed hash of the six digits")
    attempts: Mapped[int] = mapped_column(server_default="0", comment="wrong tries so far")
    created_at: Mapped[datetime] = mapped_column(comment="when it was asked for")
    expires_at: Mapped[datetime] = mapped_column(comment="fifteen minutes later")
    used_at: Mapped[datetime | None] = mapped_column(
        comment="when it was used up, by link or by code"
    )


class Invitation(Base):
    """A link with which staff set their password."""

    __tablename__ = "invitation"
    __table_args__ = ({"comment": "links with which staff set their password, single use"},)

    id: Mapped[UUID] = uuid_pk()
    person_id: Mapped[UUID] = _person(index=True)
    email: Mapped[str] = mapped_column(CITEXT, comment="address it is bound to")
    token_hash: Mapped[bytes] = mapped_column(
        LargeBinary, unique=True, comment="hash of the token in the link"
    )
    invited_by: Mapped[UUID | None] = _person("who invited, empty for the system")
    created_at: Mapped[datetime] = mapped_column(comment="when it was sent")
    expires_at: Mapped[datetime] = mapped_column(comment="72 hours later")
    used_at: Mapped[datetime | None] = mapped_column(comment="when a password was set with it")
    void_at: Mapped[datetime | None] = mapped_column(
        comment="when a newer one or a reset replaced it"
    )


class LoginSession(Base):
    """A browser that is known; signed in or not yet."""

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint("stage in ('anonymous', 'enrolling', 'full')", name="stage_known"),
        CheckConstraint("(stage = 'anonymous') = (person_id is null)", name="person_by_stage"),
        {"comment": "server-side sessions; the cookie holds a random reference only"},
    )

    id: Mapped[UUID] = uuid_pk()
    token_hash: Mapped[bytes] = mapped_column(
        LargeBinary, unique=True, comment="SHA-256 of the 256-bit cookie value"
    )
    person_id: Mapped[UUID | None] = _person(index=True)
    stage: Mapped[str] = mapped_column(comment="anonymous, enrolling or full")
    session_version: Mapped[int] = mapped_column(comment="the person's number at sign-in")
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="small values of the face")
    created_at: Mapped[datetime] = mapped_column(comment="sign-in")
    last_seen_at: Mapped[datetime] = mapped_column(
        comment="last request that was not background polling"
    )
    proven_at: Mapped[datetime | None] = mapped_column(
        comment="last proof of a second factor or e-mail code"
    )
    expires_at: Mapped[datetime] = mapped_column(index=True, comment="absolute limit")
    idle_seconds: Mapped[int] = mapped_column(comment="idle limit in seconds")
    device: Mapped[str] = mapped_column(server_default="", comment="browser and system, short")
    ip: Mapped[str | None] = mapped_column(INET, comment="address of the client at sign-in")
    revoked_at: Mapped[datetime | None] = mapped_column(comment="signed out or ended by somebody")


class ApiToken(Base):
    """A bearer token for the API; its text is shown once and never stored."""

    __tablename__ = "api_token"
    __table_args__ = (
        CheckConstraint("length(name) between 1 and 80", name="name_length"),
        CheckConstraint("cardinality(scopes) > 0", name="scopes_some"),
        CheckConstraint("expires_at > created_at", name="expires_after"),
        {"comment": "bearer tokens of people for the API, as hashes"},
    )

    id: Mapped[UUID] = uuid_pk()
    person_id: Mapped[UUID] = _person("in whose name it acts", index=True)
    name: Mapped[str] = mapped_column(comment="what its owner calls it")
    prefix: Mapped[str] = mapped_column(comment="its first characters, to tell it from others")
    token_hash: Mapped[bytes] = mapped_column(
        LargeBinary, unique=True, comment="SHA-256 of the 256-bit token"
    )
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text()), comment="what it may be used for")
    created_at: Mapped[datetime] = mapped_column(comment="when it was made")
    expires_at: Mapped[datetime] = mapped_column(comment="when it ends by itself")
    last_used_at: Mapped[datetime | None] = mapped_column(comment="last use, to the minute")
    revoked_at: Mapped[datetime | None] = mapped_column(comment="taken back; ends at once")


class RateBucket(Base):
    """How full a limit is, as the moment it would be empty again."""

    __tablename__ = "rate_bucket"
    __table_args__ = ({"comment": "rate limits shared by all processes"},)

    key: Mapped[str] = mapped_column(
        primary_key=True, comment="what is limited and for whom, hashed"
    )
    free_at: Mapped[datetime] = mapped_column(comment="when the bucket would be empty again")


class IdempotencyKey(Base):
    """A creating request that was done, with its answer."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        CheckConstraint("length(key) between 1 and 255", name="key_length"),
        {"comment": "creating requests that were done, with their answers"},
    )

    client: Mapped[str] = mapped_column(primary_key=True, comment="person or session that sent it")
    key: Mapped[str] = mapped_column(primary_key=True, comment="as sent, at most 255 characters")
    request_hash: Mapped[bytes] = mapped_column(LargeBinary, comment="SHA-256 of address and body")
    status: Mapped[int | None] = mapped_column(
        comment="status of the stored answer, empty until it is known"
    )
    location: Mapped[str | None] = mapped_column(comment="where the answer led")
    body: Mapped[str | None] = mapped_column(comment="body of the stored answer")
    created_at: Mapped[datetime] = mapped_column(
        index=True, comment="when the effect was committed"
    )


class CspReport(Base):
    """A violation of the content policy, counted."""

    __tablename__ = "csp_report"
    __table_args__ = (
        CheckConstraint("times > 0", name="times_positive"),
        {"comment": "counted reports of content policy violations"},
    )

    directive: Mapped[str] = mapped_column(primary_key=True, comment="which directive was broken")
    blocked: Mapped[str] = mapped_column(
        primary_key=True, comment="origin or word of what was blocked"
    )
    page: Mapped[str] = mapped_column(
        primary_key=True, comment="path of the page without identifiers"
    )
    times: Mapped[int] = mapped_column(comment="how often")
    last_at: Mapped[datetime] = mapped_column(comment="when last")
