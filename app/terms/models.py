"""Tables of the terms. A row is written once; ending it sets the number of the version that did."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, Column, ForeignKey, Index, Numeric, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.infra.db.base import Base, uuid_pk

LIVE = text("ended_in is null")


def _range() -> Any:
    return func.daterange(Column("from_month"), Column("to_month"))


def _one_at_a_time(name: str, *columns: str) -> ExcludeConstraint:
    """Of rows in force that are equal in *columns* no two cover one month."""
    same: list[tuple[Any, str]] = [(Column(column), "=") for column in columns]
    return ExcludeConstraint(*same, (_range(), "&&"), name=name, where=LIVE, using="gist")


class TermsVersion(Base):
    """One change of the terms."""

    __tablename__ = "terms_version"
    __table_args__ = (
        CheckConstraint(
            "table_name in ('deals', 'splits', 'payees', 'withholding', 'fx', 'balances')",
            name="table_known",
        ),
        CheckConstraint("way in ('file', 'form', 'api')", name="way_known"),
        CheckConstraint("added + ended > 0", name="changes_something"),
        CheckConstraint("sha256 ~ '^([0-9a-f]{64})?$'", name="sha256_hex"),
        Index("ix_terms_version_table", "table_name", "number"),
        {"comment": "changes of the terms, counted over all tables"},
    )

    id: Mapped[UUID] = uuid_pk()
    number: Mapped[int] = mapped_column(unique=True, comment="1, 2, 3 in order of time")
    table_name: Mapped[str] = mapped_column(
        comment="deals, splits, payees, withholding, fx or balances"
    )
    way: Mapped[str] = mapped_column(comment="file, form or api")
    name: Mapped[str] = mapped_column(comment="name of the file; empty for one row")
    sha256: Mapped[str] = mapped_column(comment="hash of its bytes; empty for one row")
    reason: Mapped[str] = mapped_column(comment="why, as somebody wrote; may be empty")
    added: Mapped[int] = mapped_column(comment="rows that begin with it")
    ended: Mapped[int] = mapped_column(comment="rows that end with it")
    by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="who; none for the system"
    )
    at: Mapped[datetime] = mapped_column(comment="when")


class Versioned:
    """What every row has: with which version it began and with which it ended, and that in this order."""

    about: ClassVar[str]
    """What the table holds, for the database."""

    id: Mapped[UUID] = uuid_pk()
    made_in: Mapped[int] = mapped_column(
        ForeignKey("terms_version.number"), index=True, comment="version that wrote it"
    )
    ended_in: Mapped[int | None] = mapped_column(
        ForeignKey("terms_version.number"), index=True, comment="version that ended it"
    )

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        """The rules of the row, and the table's comment."""
        return (*cls.rules(), {"comment": cls.about})

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        """Constraints and indexes; a table adds its own to those of what it is made of."""
        return (CheckConstraint("ended_in > made_in", name="ends_later"),)


class Monthly(Versioned):
    """Rows that hold for some months."""

    from_month: Mapped[date | None] = mapped_column(
        comment="first month, its first day; none: from the beginning"
    )
    to_month: Mapped[date | None] = mapped_column(
        comment="first month that is not covered; none: without end"
    )

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        """Months begin on a first day, and one comes after the other."""
        firsts = "extract(day from from_month) = 1 and extract(day from to_month) = 1"
        return (
            *super().rules(),
            CheckConstraint(firsts, name="months_first"),
            CheckConstraint("from_month < to_month", name="months_in_order"),
        )


class OfMonth(Versioned):
    """Rows of one statement month."""

    month: Mapped[date] = mapped_column(comment="the statement month, its first day")

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        """The month is its first day."""
        first = CheckConstraint("extract(day from month) = 1", name="months_first")
        return (*super().rules(), first)


class OfPayee:
    """Rows about somebody who is paid."""

    payee: Mapped[str] = mapped_column(comment="the payee's name on statements")


class TermsDeal(Monthly, Base):
    """The house's commission."""

    __tablename__ = "terms_deal"
    about = "commission of the house by recording, in versions"

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        """One commission a recording at a time."""
        return (
            *super().rules(),
            CheckConstraint(r"isrc ~ '^(\*|[A-Z]{2}[A-Z0-9]{3}[0-9]{7})$'", name="isrc_canonical"),
            CheckConstraint("fee_rate between 0 and 1", name="fee_is_fraction"),
            _one_at_a_time("one_terms_deal_at_a_time", "isrc"),
        )

    isrc: Mapped[str] = mapped_column(comment="ISRC, canonical, or * for all others")
    fee_rate: Mapped[Decimal] = mapped_column(Numeric(10, 8), comment="fraction of gross")


class TermsSplit(OfPayee, Monthly, Base):
    """The share of a payee in a recording."""

    __tablename__ = "terms_split"
    about = "shares of payees in recordings, in versions"

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        """Shares of a recording may lie over each other."""
        return (
            *super().rules(),
            CheckConstraint("isrc ~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$'", name="isrc_canonical"),
            CheckConstraint("share between 0 and 1", name="share_is_fraction"),
            Index("ix_terms_split_live", "isrc", "payee", "id", postgresql_where=LIVE),
            Index("ix_terms_split_payee", "payee", "isrc", postgresql_where=LIVE),
        )

    isrc: Mapped[str] = mapped_column(comment="ISRC, canonical")
    share: Mapped[Decimal] = mapped_column(Numeric(10, 8), comment="fraction of the recording")
    territories: Mapped[str] = mapped_column(comment="WW, WW-US-CA or US CA GB")


class TermsPayee(Versioned, Base):
    """In which currency somebody is paid."""

    __tablename__ = "terms_payee"
    about = "payees as statements name them, with currency and minimum, in versions"

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        """One row in force a payee."""
        return (
            *super().rules(),
            CheckConstraint("length(payee) between 1 and 200", name="payee_length"),
            CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_shape"),
            CheckConstraint("minimum >= 0", name="minimum_positive"),
            Index("uq_terms_payee_live", "payee", unique=True, postgresql_where=LIVE),
        )

    payee: Mapped[str] = mapped_column(comment="name on statements")
    currency: Mapped[str] = mapped_column(CHAR(3), comment="ISO 4217")
    minimum: Mapped[Decimal | None] = mapped_column(
        Numeric(38, 12), comment="smallest payout in that currency; none: any"
    )
    payee_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("payee.id"), index=True, comment="who that is in the ledger"
    )


class TermsWithholding(OfPayee, Monthly, Base):
    """Tax withheld."""

    __tablename__ = "terms_withholding"
    about = "tax withheld by payee and territory, in versions"

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        """One rate a payee and territory at a time."""
        return (
            *super().rules(),
            CheckConstraint("territory ~ '^[A-Z]{2}$'", name="territory_shape"),
            CheckConstraint("rate between 0 and 1", name="rate_is_fraction"),
            _one_at_a_time("one_terms_withholding_at_a_time", "payee", "territory"),
        )

    territory: Mapped[str] = mapped_column(CHAR(2), comment="ISO 3166-1 alpha-2, ZZ unknown")
    rate: Mapped[Decimal] = mapped_column(Numeric(10, 8), comment="fraction")


class TermsRate(OfMonth, Base):
    """An exchange rate of a statement month."""

    __tablename__ = "terms_rate"
    about = "exchange rates by statement month, in versions"

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        """One rate in force a month and pair."""
        return (
            *super().rules(),
            CheckConstraint("from_currency ~ '^[A-Z]{3}$'", name="from_currency_shape"),
            CheckConstraint("to_currency ~ '^[A-Z]{3}$'", name="to_currency_shape"),
            CheckConstraint("from_currency <> to_currency", name="currencies_differ"),
            CheckConstraint("rate > 0", name="rate_positive"),
            Index(
                "uq_terms_rate_live",
                "month",
                "from_currency",
                "to_currency",
                unique=True,
                postgresql_where=LIVE,
            ),
        )

    from_currency: Mapped[str] = mapped_column(CHAR(3), comment="ISO 4217")
    to_currency: Mapped[str] = mapped_column(CHAR(3), comment="ISO 4217")
    rate: Mapped[Decimal] = mapped_column(Numeric(38, 12), comment="of one, how much of the other")
    source: Mapped[str] = mapped_column(comment="who says so; may be empty")
    quoted_on: Mapped[date | None] = mapped_column(comment="of which day")


class TermsBalance(OfPayee, OfMonth, Base):
    """What a contract stood at in a statement month."""

    __tablename__ = "terms_balance"
    about = "balances of contracts by statement month, in versions"

    @classmethod
    def rules(cls) -> tuple[Any, ...]:
        """One row in force a contract and month, and it adds up."""
        return (
            *super().rules(),
            CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_shape"),
            CheckConstraint("recouped >= 0 and paid >= 0", name="goes_out"),
            CheckConstraint("closing = opening + earned - recouped - paid", name="adds_up"),
            Index("uq_terms_balance_live", "contract", "month", unique=True, postgresql_where=LIVE),
        )

    contract: Mapped[str] = mapped_column(comment="name of the contract")
    currency: Mapped[str] = mapped_column(CHAR(3), comment="ISO 4217, of all amounts")
    opening: Mapped[Decimal] = mapped_column(Numeric(38, 12), comment="where the month began")
    earned: Mapped[Decimal] = mapped_column(Numeric(38, 12), comment="earned in it")
    recouped: Mapped[Decimal] = mapped_column(Numeric(38, 12), comment="kept to recoup")
    paid: Mapped[Decimal] = mapped_column(Numeric(38, 12), comment="paid out")
    closing: Mapped[Decimal] = mapped_column(Numeric(38, 12), comment="where the month ended")
