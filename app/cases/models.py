"""The case and what hangs on it directly; states are bound to their columns by CHECK."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CHAR,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, SideScoped, case_fk, uuid_pk

KINDS = "'takedown', 'payout', 'rights_claim', 'support'"
STATES = (
    "'draft', 'submitted', 'triage', 'waiting_complainant', 'waiting_respondent', 'waiting_store', "
    "'notice_review', 'restricted', 'counter_review', 'restoration_window', 'court_stay', "
    "'auditing', 'evidence_exchange', 'negotiation', 'held_parties_to_settle', 'review', "
    "'confirmation', 'finance_approval', 'implementing', 'decided', 'appeal_review', 'closed', "
    "'deleted'"
)
OUTCOMES = (
    "'upheld', 'partly_upheld', 'not_upheld', 'settled', 'answered', 'restored', 'kept_down', "
    "'withdrawn', 'no_response', 'duplicate', 'out_of_scope'"
)
SIDES = "'complainant', 'respondent', 'desk'"
CHANNELS = "'portal', 'email', 'phone', 'store', 'api', 'house'"
OPEN = "state not in ('draft', 'deleted', 'closed')"
FILED = "state not in ('draft', 'deleted')"
ORDERS = (
    (OPEN, "open_updated", "updated_at"), (OPEN, "open_opened", "submitted_at"),
    (FILED, "filed_updated", "updated_at"), (FILED, "filed_opened", "submitted_at"),
)  # fmt: skip
MOVERS = (
    "'complainant', 'respondent', 'both', 'desk', 'finance', 'store', 'court', 'system', 'nobody'"
)


class AllowedTransition(Base):
    """The lifecycle table in the database: the only moves a case can make (I4)."""

    __tablename__ = "allowed_transition"
    __table_args__ = (
        {"comment": "the only moves a case can make, filled from the lifecycle table"},
    )

    kind: Mapped[str] = mapped_column(primary_key=True, comment="case kind")
    from_state: Mapped[str] = mapped_column(
        primary_key=True, comment="state left; - before the start"
    )
    event: Mapped[str] = mapped_column(primary_key=True, comment="what happens")
    to_state: Mapped[str] = mapped_column(primary_key=True, comment="state reached")


class Case(Base):
    """One dispute or query, from draft to closed."""

    __tablename__ = "case"
    __table_args__ = (
        CheckConstraint(f"kind in ({KINDS})", name="kind_known"),
        CheckConstraint(f"state in ({STATES})", name="state_known"),
        CheckConstraint(f"outcome is null or outcome in ({OUTCOMES})", name="outcome_known"),
        CheckConstraint("(ref is null) = (state in ('draft', 'deleted'))", name="ref_unless_draft"),
        CheckConstraint(
            "(submitted_at is null) = (state in ('draft', 'deleted'))",
            name="submitted_unless_draft",
        ),
        CheckConstraint(
            "state not in ('decided', 'closed') or outcome is not null", name="ended_has_outcome"
        ),
        CheckConstraint("(closed_at is not null) = (state = 'closed')", name="closed_has_time"),
        CheckConstraint("state <> 'decided' or decided_at is not null", name="decided_has_time"),
        CheckConstraint(
            "state <> 'deleted' or (summary = '' and subject_title = '' and subject_artist = '')",
            name="deleted_is_empty",
        ),
        CheckConstraint(
            "state not in ('waiting_complainant', 'waiting_respondent', 'waiting_store', "
            "'negotiation', 'confirmation', 'auditing', 'finance_approval') or return_to is not null",
            name="away_knows_the_way_back",
        ),
        CheckConstraint("version >= 1 and round >= 1", name="counters_positive"),
        CheckConstraint(f"needs_side in ({MOVERS})", name="needs_side_known"),
        CheckConstraint(
            "(disputed_amount is null) = (disputed_currency is null)", name="disputed_money_whole"
        ),
        CheckConstraint("legal_hold_at is null or legal_hold_reason <> ''", name="hold_has_reason"),
        CheckConstraint(
            "period_start is null or period_end is null or period_start < period_end",
            name="period_in_order",
        ),
        Index("ix_case_queue", "next_due_at", "id"),
        Index("ix_case_owner_state", "owner_id", "state"),
        Index("ix_case_state_kind", "state", "kind"),
        Index("ix_case_subject", "kind", "isrc", "upc"),
        *(Index(f"ix_case_{name}", name, postgresql_where=text(f"{name} is not null")) for name in ("isrc", "upc")),
        CheckConstraint(f"channel in ({CHANNELS})", name="channel_known"),
        *(Index(f"ix_case_{name}", column, "id", postgresql_where=text(rows)) for rows, name, column in ORDERS),
        # What the walls look at stands beside the order, so that totals are counted without the rows.
        Index("ix_case_open_due", "next_due_at", "id", postgresql_where=text(OPEN), postgresql_include=["state", "started_by"]),
        Index("ix_case_open_stake", text("disputed_amount desc nulls last"), text("id desc"), postgresql_where=text(OPEN)),
        {"comment": "one dispute or query, from draft to closed"},
    )  # fmt: skip

    id: Mapped[UUID] = uuid_pk()
    ref: Mapped[str | None] = mapped_column(unique=True, comment="public reference; none while a draft")  # fmt: skip
    kind: Mapped[str] = mapped_column(comment="takedown, payout, rights_claim or support")
    sub_kind: Mapped[str] = mapped_column(comment="sub-kind, which names the policy")
    state: Mapped[str] = mapped_column(comment="where the case stands; written by one function only")  # fmt: skip
    version: Mapped[int] = mapped_column(comment="counts every change; a stale write is refused")
    round: Mapped[int] = mapped_column(comment="1, then one more for each appeal or re-opening")
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("case_policy.id"), comment="policy version that counts for this case")  # fmt: skip
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), comment="staff member who has the case")  # fmt: skip
    started_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True, comment="who started the draft")  # fmt: skip
    outcome: Mapped[str | None] = mapped_column(comment="how this round ended")
    return_path: Mapped[list[str]] = mapped_column(ARRAY(Text()), comment="states to go back to, the nearest last")  # fmt: skip
    return_to: Mapped[str | None] = mapped_column(Computed("return_path[array_upper(return_path, 1)]", persisted=True), comment="the nearest state to go back to")  # fmt: skip
    silence: Mapped[str | None] = mapped_column(comment="silence rule that a lapse brought in")
    subject_title: Mapped[str] = mapped_column(comment="release, recording or work in dispute")
    subject_artist: Mapped[str] = mapped_column(comment="artist name of the subject")
    isrc: Mapped[str | None] = mapped_column(comment="recording, canonical")
    upc: Mapped[str | None] = mapped_column(comment="release, canonical")
    store: Mapped[str | None] = mapped_column(comment="store concerned")
    period_start: Mapped[date | None] = mapped_column(comment="first day of the period in dispute")
    period_end: Mapped[date | None] = mapped_column(comment="day after the period in dispute")
    disputed_amount: Mapped[Decimal | None] = mapped_column(Numeric(38, 12), comment="amount in dispute as stated by the complainant")  # fmt: skip
    disputed_currency: Mapped[str | None] = mapped_column(CHAR(3), comment="its currency")
    summary: Mapped[str] = mapped_column(comment="what happened, in the complainant's words")
    legal_hold_at: Mapped[datetime | None] = mapped_column(comment="since when data must be kept")
    legal_hold_reason: Mapped[str] = mapped_column(server_default="", comment="why it must be kept")
    language: Mapped[str] = mapped_column(comment="language of the complainant")
    zone: Mapped[str] = mapped_column(comment="IANA zone of the complainant")
    channel: Mapped[str] = mapped_column(server_default="portal", comment="way it reached us")
    country: Mapped[str | None] = mapped_column(comment="country of the complainant, ISO 3166-1")
    needs_side: Mapped[str] = mapped_column(comment="who must move next")
    needs_attention: Mapped[str | None] = mapped_column(comment="why the desk should look again")
    next_due_at: Mapped[datetime | None] = mapped_column(comment="earliest due instant of a running clock")  # fmt: skip
    next_due_kind: Mapped[str | None] = mapped_column(comment="which clock that is")
    created_at: Mapped[datetime] = mapped_column(comment="when the draft was started")
    updated_at: Mapped[datetime] = mapped_column(comment="last change of the case itself")
    submitted_at: Mapped[datetime | None] = mapped_column(comment="when it was filed")
    first_replied_at: Mapped[datetime | None] = mapped_column(comment="first human reply of the desk")  # fmt: skip
    decided_at: Mapped[datetime | None] = mapped_column(comment="when this round was decided")
    informed_at: Mapped[datetime | None] = mapped_column(comment="when the later party was informed")  # fmt: skip
    closed_at: Mapped[datetime | None] = mapped_column(comment="when it was closed")


class CaseMember(Base):
    """Who may act on which side; one row a person, so nobody stands on both sides."""

    __tablename__ = "case_member"
    __table_args__ = (
        UniqueConstraint("case_id", "person_id"),
        CheckConstraint("side in ('complainant', 'respondent')", name="side_is_a_party"),
        CheckConstraint("capability in ('act', 'read')", name="capability_known"),
        CheckConstraint("disclosure = 'private'", name="always_private"),
        Index("ix_case_member_person", "person_id", "case_id"),
        {"comment": "people with an account on a side of a case"},
    )

    id: Mapped[UUID] = uuid_pk()
    case_id: Mapped[UUID] = case_fk()
    side: Mapped[str] = mapped_column(comment="complainant or respondent")
    disclosure: Mapped[str] = mapped_column(comment="always private to that side")
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), comment="the person")
    capability: Mapped[str] = mapped_column(comment="act or read")
    added_at: Mapped[datetime] = mapped_column(comment="since when")
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), comment="who added them")
    revoked_at: Mapped[datetime | None] = mapped_column(comment="until when; sight ends at once")


class CaseParty(SideScoped, Base):
    """A party as shown to both sides; it needs no account."""

    __tablename__ = "case_party"
    __table_args__ = (
        CheckConstraint("side in ('complainant', 'respondent')", name="side_is_a_party"),
        CheckConstraint("disclosure in ('private', 'shared')", name="disclosure_known"),
        CheckConstraint(
            "party_kind in ('artist', 'manager', 'label', 'claimant', 'store', 'listener', 'desk')",
            name="kind_known",
        ),
        Index("ix_case_party_case_id", "case_id"),
        Index("ix_case_party_person_id", "person_id"),
        {"comment": "the parties as displayed, with or without an account"},
    )

    id: Mapped[UUID] = uuid_pk()
    display_name: Mapped[str] = mapped_column(comment="name shown")
    party_kind: Mapped[str] = mapped_column(
        comment="artist, manager, label, claimant, store, listener"
    )
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="their account if any"
    )
    country: Mapped[str | None] = mapped_column(comment="ISO 3166-1 country")
    zone: Mapped[str] = mapped_column(comment="IANA zone in which their deadlines end")
    language: Mapped[str] = mapped_column(comment="language of letters to them")
    created_at: Mapped[datetime] = mapped_column(comment="when added")


class CaseFiling(SideScoped, Base):
    """What a side answered in its form; private to that side and the desk."""

    __tablename__ = "case_filing"
    __table_args__ = (
        UniqueConstraint("case_id", "side"),
        CheckConstraint("side in ('complainant', 'respondent')", name="side_is_a_party"),
        CheckConstraint("disclosure = 'private'", name="always_private"),
        {"comment": "answers of a filing form; private to that side and the desk"},
    )

    id: Mapped[UUID] = uuid_pk()
    answers: Mapped[dict[str, Any]] = mapped_column(comment="answers by field name")
    saved_by: Mapped[str] = mapped_column(
        server_default="", comment="the window that saved last, a random word of its page"
    )
    updated_at: Mapped[datetime] = mapped_column(comment="last change")


class PartyContact(SideScoped, Base):
    """How to reach a party; never shown to the other side by this row."""

    __tablename__ = "party_contact"
    __table_args__ = (
        CheckConstraint("side in ('complainant', 'respondent')", name="side_is_a_party"),
        CheckConstraint("disclosure = 'private'", name="always_private"),
        UniqueConstraint("party_id"),
        Index("ix_party_contact_case_id", "case_id"),
        {"comment": "how to reach a party; private to that side and the desk"},
    )

    id: Mapped[UUID] = uuid_pk()
    party_id: Mapped[UUID] = mapped_column(ForeignKey("case_party.id"), comment="the party")
    email: Mapped[str | None] = mapped_column(comment="e-mail address")
    phone: Mapped[str | None] = mapped_column(comment="telephone")
    address: Mapped[str | None] = mapped_column(comment="postal address")
    created_at: Mapped[datetime] = mapped_column(comment="when stored")


class CaseWall(Base):
    """Staff who may not see or touch a case."""

    __tablename__ = "case_wall"
    __table_args__ = (
        UniqueConstraint("case_id", "person_id"),
        {"comment": "staff kept away from a case by a conflict of interest"},
    )

    id: Mapped[UUID] = uuid_pk()
    case_id: Mapped[UUID] = case_fk()
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("person.id"), index=True, comment="who is kept away"
    )
    reason: Mapped[str] = mapped_column(comment="why")
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), comment="who said so")
    created_at: Mapped[datetime] = mapped_column(comment="since when")
    lifted_at: Mapped[datetime | None] = mapped_column(comment="until when; none while it stands")


class CaseStatement(SideScoped, Base):
    """A statement of truth exactly as it was shown and signed."""

    __tablename__ = "case_statement"
    __table_args__ = (
        CheckConstraint("side in ('complainant', 'respondent')", name="side_is_a_party"),
        CheckConstraint("disclosure in ('private', 'shared')", name="disclosure_known"),
        CheckConstraint("signer_name <> '' and body <> ''", name="signed_in_full"),
        Index("ix_case_statement_case_id", "case_id"),
        {"comment": "statements of truth: the exact text shown, its version, who signed and when"},
    )

    id: Mapped[UUID] = uuid_pk()
    code: Mapped[str] = mapped_column(comment="which statement, for example good_faith")
    body: Mapped[str] = mapped_column(comment="the exact text shown")
    language: Mapped[str] = mapped_column(comment="language it was shown in")
    text_version: Mapped[int] = mapped_column(comment="version of the text")
    signer_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="account that signed"
    )
    signer_name: Mapped[str] = mapped_column(comment="typed signature")
    signer_capacity: Mapped[str] = mapped_column(comment="owner, agent, artist …")
    signed_at: Mapped[datetime] = mapped_column(comment="when")


class CaseLink(Base):
    """Two cases that belong together; seen by the desk only."""

    __tablename__ = "case_link"
    __table_args__ = (
        UniqueConstraint("case_id", "other_case_id", "relation"),
        CheckConstraint("case_id <> other_case_id", name="two_cases"),
        CheckConstraint(
            "relation in ('possible_duplicate', 'duplicate_of', 'related', 'counter_of')",
            name="relation_known",
        ),
        {"comment": "two cases that belong together; seen by the desk only"},
    )

    id: Mapped[UUID] = uuid_pk()
    case_id: Mapped[UUID] = case_fk()
    other_case_id: Mapped[UUID] = case_fk(comment="the case it is linked with")
    relation: Mapped[str] = mapped_column(
        comment="possible_duplicate, duplicate_of, related, counter_of"
    )
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), comment="who linked them")
    created_at: Mapped[datetime] = mapped_column(comment="when")
    ended_at: Mapped[datetime | None] = mapped_column(comment="when the link was taken back")


class CaseTransition(Base):
    """Every move a case made: who, why, when, by which version."""

    __tablename__ = "case_transition"
    __table_args__ = (
        ForeignKeyConstraint(
            ["kind", "from_state", "event", "to_state"],
            [
                "allowed_transition.kind",
                "allowed_transition.from_state",
                "allowed_transition.event",
                "allowed_transition.to_state",
            ],
            name="fk_case_transition_allowed",
        ),
        UniqueConstraint("case_id", "version"),
        CheckConstraint("actor_name <> ''", name="has_actor"),
        {"comment": "every move a case made; append-only"},
    )

    id: Mapped[UUID] = uuid_pk()
    case_id: Mapped[UUID] = case_fk(index=False)
    version: Mapped[int] = mapped_column(comment="version of the case after the move")
    round: Mapped[int] = mapped_column(comment="decision round")
    kind: Mapped[str] = mapped_column(comment="kind of the case when it moved")
    from_state: Mapped[str] = mapped_column(comment="state left")
    event: Mapped[str] = mapped_column(comment="what happened")
    to_state: Mapped[str] = mapped_column(comment="state reached")
    actor_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), index=True, comment="the person; none for the system"
    )
    actor_name: Mapped[str] = mapped_column(comment="name of the actor at that time")
    acted_as: Mapped[str] = mapped_column(comment="in which capacity the table let them")
    reason: Mapped[str] = mapped_column(comment="reason given")
    data: Mapped[dict[str, Any]] = mapped_column(comment="what was said with it")
    at: Mapped[datetime] = mapped_column(comment="when, by the clock of the service")


class Clock(SideScoped, Base):
    """A running measure with a due instant; never deleted."""

    __tablename__ = "clock"
    __table_args__ = (
        CheckConstraint(
            "state in ('running', 'paused', 'met', 'breached', 'cancelled')", name="state_known"
        ),
        CheckConstraint(f"side in ({SIDES})", name="side_known"),
        CheckConstraint(
            "state <> 'running' or next_wake_at is not null", name="running_wakes_somebody"
        ),
        CheckConstraint(
            "(state = 'paused') = (pause_reason is not null)", name="paused_has_reason"
        ),
        CheckConstraint(
            "(state in ('met', 'cancelled') and ended_at is not null) "
            "or (state in ('running', 'paused') and ended_at is null) or state = 'breached'",
            name="ended_has_time",
        ),
        CheckConstraint("state <> 'breached' or breached_at is not null", name="breached_has_time"),
        CheckConstraint("ended_at is null or next_wake_at is null", name="ended_wakes_nobody"),
        CheckConstraint("earliest_at is null or earliest_at <= due_at", name="window_in_order"),
        Index("ix_clock_case_id", "case_id"),
        Index("uq_clock_one_live", "case_id", "kind", "side", unique=True, postgresql_where=text("ended_at is null")),
        Index("ix_clock_wake", "next_wake_at", postgresql_where=text("next_wake_at is not null")),
        {"comment": "running measures with due instants; never deleted"},
    )  # fmt: skip

    id: Mapped[UUID] = uuid_pk()
    kind: Mapped[str] = mapped_column(
        comment="first_response, resolution, party, offer, statutory …"
    )
    round: Mapped[int] = mapped_column(comment="decision round it belongs to")
    calendar_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("calendar.id"), comment="calendar version it counts in; none for plain days"
    )
    zone: Mapped[str] = mapped_column(comment="IANA zone it ends in")
    target: Mapped[dict[str, Any]] = mapped_column(comment="length, unit and how it ends")
    state: Mapped[str] = mapped_column(comment="running, paused, met, breached or cancelled")
    started_at: Mapped[datetime] = mapped_column(comment="what it counts from")
    due_at: Mapped[datetime] = mapped_column(comment="when it ends")
    earliest_at: Mapped[datetime | None] = mapped_column(comment="before this the act is too early")
    on_due: Mapped[str | None] = mapped_column(
        comment="table event when it ends; none: only a breach"
    )
    next_wake_at: Mapped[datetime | None] = mapped_column(comment="when the sweeper looks again")
    paused_at: Mapped[datetime | None] = mapped_column(comment="since when it rests")
    pause_reason: Mapped[str | None] = mapped_column(comment="why it rests")
    breached_at: Mapped[datetime | None] = mapped_column(comment="when the breach was recorded")
    ended_at: Mapped[datetime | None] = mapped_column(comment="when it was met or cancelled")


class ClockEvent(SideScoped, Base):
    """What happened to a clock; due is a pure function of these and the calendar."""

    __tablename__ = "clock_event"
    __table_args__ = (
        CheckConstraint(
            "kind in ('start', 'pause', 'resume', 'extend', 'meet', 'breach', 'cancel', 'remind', "
            "'alarm', 'escalate', 'recompute')",
            name="kind_known",
        ),
        UniqueConstraint("clock_id", "number"),
        Index("ix_clock_event_case_id", "case_id"),
        {"comment": "what happened to a clock; append-only"},
    )

    id: Mapped[UUID] = uuid_pk()
    clock_id: Mapped[UUID] = mapped_column(ForeignKey("clock.id"), comment="the clock")
    number: Mapped[int] = mapped_column(comment="1, 2, 3 within the clock")
    kind: Mapped[str] = mapped_column(comment="start, pause, resume, extend, meet, breach …")
    at: Mapped[datetime] = mapped_column(comment="when it happened")
    due_at: Mapped[datetime] = mapped_column(comment="due instant after it")
    reason: Mapped[str] = mapped_column(comment="reason; late by, which reminder")
    actor_name: Mapped[str] = mapped_column(comment="who")
