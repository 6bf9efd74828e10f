"""Tables of the ledger; written by this room's service alone. Journals and postings are append-only."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CHAR,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.db.base import Base, SideScoped, uuid_pk

LIVE = "state in ('proposed', 'placed')"


class Payee(Base):
    """Who is paid."""

    __tablename__ = "payee"
    __table_args__ = (
        CheckConstraint("length(legal_name) between 1 and 200", name="name_length"),
        CheckConstraint(
            "length(masked_bank) <= 40 and masked_bank !~ '[0-9A-Za-z]{5}'", name="bank_is_masked"
        ),
        CheckConstraint(
            "payout_kind in ('', 'iban', 'us_account', 'paypal', 'wise', 'revolut', 'account')",
            name="payout_kind_known",
        ),
        CheckConstraint("version >= 1", name="version_positive"),
        {"comment": "who is paid"},
    )

    id: Mapped[UUID] = uuid_pk()
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), index=True, comment="their account, when they have one"
    )
    legal_name: Mapped[str] = mapped_column(comment="name on statements and exports")
    masked_bank: Mapped[str] = mapped_column(
        server_default="", comment="where money goes, masked to the last four characters"
    )
    payout_kind: Mapped[str] = mapped_column(
        server_default="",
        comment="how they are paid; empty for a mask and from before there were kinds",
    )
    sealed_bank: Mapped[str | None] = mapped_column(
        comment="those details whole, encrypted with a key of the settings; none when finance entered a mask"
    )
    bank_changed_at: Mapped[datetime | None] = mapped_column(
        comment="when those details changed last"
    )
    version: Mapped[int] = mapped_column(comment="counts every change")
    created_at: Mapped[datetime] = mapped_column(comment="when they were entered")


class LedgerAccount(Base):
    """An account; its balance is the sum of its postings."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint(
            "kind",
            "currency",
            "payee_id",
            "case_id",
            name="uq_ledger_account_which",
            postgresql_nulls_not_distinct=True,
        ),
        UniqueConstraint("id", "currency", name="uq_ledger_account_id_currency"),
        CheckConstraint(
            "kind in ('royalty_expense', 'payable', 'suspense', 'dispute_hold', 'advances', "
            "'withholding_payable', 'fx_result', 'rounding', 'fees_income', 'bank')",
            name="kind_known",
        ),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_shape"),
        CheckConstraint(
            "(payee_id is not null) = (kind in ('payable', 'advances'))", name="payee_by_kind"
        ),
        CheckConstraint("(case_id is not null) = (kind = 'dispute_hold')", name="case_by_kind"),
        {"comment": "accounts; a balance is the sum of its postings and is stored nowhere"},
    )

    id: Mapped[UUID] = uuid_pk()
    kind: Mapped[str] = mapped_column(comment="what the account is for")
    currency: Mapped[str] = mapped_column(CHAR(3), comment="ISO 4217")
    payee_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("payee.id"), index=True, comment="whose, for payable and advances"
    )
    case_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("case.id"), index=True, comment="which case, for dispute hold"
    )
    created_at: Mapped[datetime] = mapped_column(comment="when it was first used")


class Journal(Base):
    """A posting group that balances to zero per currency."""

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("reverses_id"),
        CheckConstraint(
            "kind in ('correction', 'reversal', 'hold_placed', 'hold_released', 'hold_moved')",
            name="kind_known",
        ),
        CheckConstraint(
            "(kind = 'reversal') = (reverses_id is not null)", name="reversal_names_it"
        ),
        CheckConstraint("reverses_id is distinct from id", name="not_itself"),
        {"comment": "a posting group; append-only, balances to zero per currency"},
    )

    id: Mapped[UUID] = uuid_pk()
    kind: Mapped[str] = mapped_column(comment="why these postings exist")
    case_id: Mapped[UUID] = mapped_column(
        ForeignKey("case.id"), index=True, comment="the case that caused it"
    )
    narration: Mapped[str] = mapped_column(comment="what finance reads")
    reverses_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("journal.id"), comment="the journal this one turns back"
    )
    actor_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who caused it, empty for the system"
    )
    posted_at: Mapped[datetime] = mapped_column(comment="when")
    xact: Mapped[str] = mapped_column(
        server_default=text("(pg_current_xact_id())::text"),
        comment="transaction that wrote it: postings join in that one only",
    )


class Posting(Base):
    """One side of a double entry."""

    __tablename__ = "posting"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "currency"],
            ["ledger_account.id", "ledger_account.currency"],
            name="fk_posting_account_currency",
        ),
        UniqueConstraint("journal_id", "position", name="uq_posting_journal_id_position"),
        CheckConstraint("minor <> 0 and abs(minor) < 1000000000000000", name="minor_in_range"),
        {"comment": "one side of a double entry; append-only, reversed and never edited"},
    )

    id: Mapped[UUID] = uuid_pk()
    journal_id: Mapped[UUID] = mapped_column(ForeignKey("journal.id"), comment="the journal")
    position: Mapped[int] = mapped_column(comment="order inside the journal, from 1")
    account_id: Mapped[UUID] = mapped_column(index=True, comment="the account")
    currency: Mapped[str] = mapped_column(CHAR(3), comment="currency of the account")
    minor: Mapped[int] = mapped_column(
        BigInteger, comment="minor units; debit positive, credit negative"
    )


class Hold(SideScoped, Base):
    """Money frozen because of a case: what, whose, why, since, until."""

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("side in ('complainant', 'respondent')", name="side_is_a_party"),
        CheckConstraint("disclosure in ('private', 'shared')", name="disclosure_known"),
        CheckConstraint("state in ('proposed', 'placed', 'released', 'moved')", name="state_known"),
        CheckConstraint("asset_ref <> ''", name="asset_named"),
        CheckConstraint("share > 0 and share <= 1", name="share_range"),
        Index("ix_hold_case_id", "case_id", "side"),
        Index("ix_hold_live", "since", "id", postgresql_where=text(LIVE)),
        Index(
            "uq_hold_live_scope",
            "case_id",
            "side",
            "asset_kind",
            "asset_ref",
            "territory",
            "starts_on",
            "ends_on",
            "payee_id",
            unique=True,
            postgresql_where=text(LIVE),
            postgresql_nulls_not_distinct=True,
        ),
        {"comment": "money frozen because of a case: what, whose, why, since, until"},
    )

    id: Mapped[UUID] = uuid_pk()
    state: Mapped[str] = mapped_column(comment="proposed, placed, released or moved")
    reason: Mapped[str] = mapped_column(comment="why, as a code")
    explanation: Mapped[str] = mapped_column(
        server_default="", comment="why, in words for the payee"
    )
    asset_kind: Mapped[str] = mapped_column(comment="recording, release, work or case")
    asset_ref: Mapped[str] = mapped_column(comment="ISRC, UPC, ISWC or the title in dispute")
    share: Mapped[Decimal] = mapped_column(
        Numeric(9, 8), comment="part of that asset's money, 0 to 1"
    )
    territory: Mapped[str] = mapped_column(comment="WW, WW without a list, or a list of codes")
    starts_on: Mapped[date | None] = mapped_column(
        comment="first earning day held; empty from the beginning"
    )
    ends_on: Mapped[date | None] = mapped_column(
        comment="day after the last earning day held; empty without end"
    )
    payee_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("payee.id"), index=True, comment="whose balance, when posted"
    )
    amount_minor: Mapped[int | None] = mapped_column(
        BigInteger, comment="minor units taken from the balance, when known"
    )
    currency: Mapped[str | None] = mapped_column(CHAR(3), comment="their currency")
    journal_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("journal.id"), comment="the posting that holds it"
    )
    end_journal_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("journal.id"), comment="the posting that ended it"
    )
    since: Mapped[datetime] = mapped_column(comment="since when")
    review_on: Mapped[date] = mapped_column(comment="when somebody must look again")
    until: Mapped[date | None] = mapped_column(comment="day it ends by itself, when agreed")
    placed_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who placed it, empty for the system"
    )
    ended_at: Mapped[datetime | None] = mapped_column(comment="when it was released or moved")
    ended_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who ended it, empty for the system"
    )
    end_reason: Mapped[str | None] = mapped_column(comment="why it ended")
    moved_to_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("hold.id"), comment="the hold that took its place"
    )
    version: Mapped[int] = mapped_column(comment="counts every change")


class AccountCodeVersion(Base):
    """What the accounts are called in the ledger of finance, in one version."""

    __tablename__ = "account_code_version"
    __table_args__ = (
        UniqueConstraint("version"),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint("length(content_hash) = 64", name="content_hash_is_sha256"),
        CheckConstraint("reason <> ''", name="reason_given"),
        {"comment": "account codes of finance in one version; a change makes a new version"},
    )

    id: Mapped[UUID] = uuid_pk()
    version: Mapped[int] = mapped_column(comment="1, 2, 3")
    effective_from: Mapped[date] = mapped_column(comment="first posting date that it counts for")
    codes: Mapped[dict[str, Any]] = mapped_column(
        comment="by account, by currency; an empty currency counts for every other"
    )
    zone: Mapped[str] = mapped_column(comment="IANA zone in which posting dates are counted")
    content_hash: Mapped[str] = mapped_column(
        comment="SHA-256 over codes and zone, to see a change"
    )
    reason: Mapped[str] = mapped_column(comment="why this version was made")
    by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who made it; none for the system"
    )
    created_at: Mapped[datetime] = mapped_column(comment="when this version was stored")


class PostingPeriodAct(Base):
    """A month was closed or opened again; the newest act says how it stands, none means open."""

    __tablename__ = "posting_period_act"
    __table_args__ = (
        UniqueConstraint("month", "ordinal", name="uq_posting_period_act_month_ordinal"),
        CheckConstraint("extract(day from month) = 1", name="month_is_its_first_day"),
        CheckConstraint("act in ('closed', 'reopened')", name="act_known"),
        CheckConstraint("(act = 'closed') = (ordinal % 2 = 1)", name="acts_alternate"),
        CheckConstraint("act = 'closed' or reason <> ''", name="reopened_with_reason"),
        {"comment": "months of the books, closed and opened again; append-only"},
    )

    id: Mapped[UUID] = uuid_pk()
    month: Mapped[date] = mapped_column(comment="first day of the month")
    ordinal: Mapped[int] = mapped_column(comment="1, 2, 3 within the month")
    act: Mapped[str] = mapped_column(comment="closed or reopened")
    reason: Mapped[str] = mapped_column(comment="why, in words; a closing may have none")
    by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who did it; none for the system"
    )
    at: Mapped[datetime] = mapped_column(comment="when")
