"""One row of each table of the terms. Months are periods that begin and end on a first day; an open side is None."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.kernel.columns import BALANCES, DEALS, FX, PAYEES, SPLITS, WITHHOLDING, Columns
from app.kernel.period import Period
from app.kernel.territory import Territory

EVERY_RECORDING = "*"


class Table(StrEnum):
    """A table of the terms, by the name of its file."""

    DEALS = "deals"
    SPLITS = "splits"
    PAYEES = "payees"
    WITHHOLDING = "withholding"
    FX = "fx"
    BALANCES = "balances"


COLUMNS: Mapping[Table, Columns] = {
    Table.DEALS: DEALS, Table.SPLITS: SPLITS, Table.PAYEES: PAYEES,
    Table.WITHHOLDING: WITHHOLDING, Table.FX: FX, Table.BALANCES: BALANCES,
}  # fmt: skip
MORE: Mapping[Table, tuple[str, ...]] = {
    Table.DEALS: (), Table.SPLITS: (), Table.PAYEES: ("minimum", "payee_id"),
    Table.WITHHOLDING: (), Table.FX: ("source", "quoted_on"), Table.BALANCES: (),
}  # fmt: skip
"""Columns that a file may have beside those of the contract."""


AUDITED = (Table.DEALS, Table.SPLITS, Table.PAYEES, Table.WITHHOLDING, Table.FX)
"""What the payout audit reads."""


def plain(value: Decimal) -> str:
    """Digits without exponent and without zeros at the end."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def month_text(day: date | None) -> str:
    """`2026-03`; empty for an open side."""
    return "" if day is None else f"{day:%Y-%m}"


class OneAtATime(ABC):
    """Rows of which, of those with one key, at most one holds at a time."""

    __slots__ = ()

    @property
    @abstractmethod
    def key(self) -> tuple[str, ...]:
        """What a file that names it says everything about."""

    @property
    def only_one(self) -> tuple[str, ...] | None:
        """Of rows with this in common at most one holds at a time; None: they may lie over each other."""
        return self.key


class Always(OneAtATime):
    """Rows that know no months, or have theirs in the key."""

    __slots__ = ()

    @property
    def period(self) -> Period:
        """Always."""
        return Period()


@dataclass(frozen=True, slots=True)
class Deal(OneAtATime):
    """The house's commission, a fraction of gross, on a recording or on every one that has no row of its own."""

    isrc: str
    fee_rate: Decimal
    period: Period

    @property
    def key(self) -> tuple[str, ...]:
        """What a file that names it says everything about."""
        return (self.isrc,)

    @property
    def cells(self) -> tuple[str, ...]:
        """As in the file."""
        return (self.isrc, plain(self.fee_rate), *_months(self.period))


@dataclass(frozen=True, slots=True)
class Split:
    """The share of a payee in a recording. Several rows of one payee add up."""

    isrc: str
    payee: str
    share: Decimal
    territory: Territory
    period: Period

    @property
    def key(self) -> tuple[str, ...]:
        """The recording: a file says all of its shares, or none."""
        return (self.isrc,)

    @property
    def only_one(self) -> tuple[str, ...] | None:
        """None: rows may lie over each other; too much of them is a conflict, not a mistake."""
        return None

    @property
    def cells(self) -> tuple[str, ...]:
        """As in the file."""
        share, territories = plain(self.share), str(self.territory)
        return (self.isrc, self.payee, share, territories, *_months(self.period))

    def covers(self, territory: str, month: date) -> bool:
        """True when it holds there in the month that begins on that day."""
        return month in self.period and territory in self.territory


@dataclass(frozen=True, slots=True)
class Payee(Always):
    """Who is paid, in which currency and from which amount on (*minimum*, in it; None: any). *payee_id*: in the ledger."""

    payee: str
    currency: str
    minimum: Decimal | None = None
    payee_id: UUID | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """The payee."""
        return (self.payee,)

    @property
    def cells(self) -> tuple[str, ...]:
        """As in the file."""
        return (self.payee, self.currency)


@dataclass(frozen=True, slots=True)
class Withholding:
    """Tax withheld from a payee on what was earned in a territory: a fraction."""

    payee: str
    territory: str
    rate: Decimal
    period: Period

    @property
    def key(self) -> tuple[str, ...]:
        """The payee: a file says all of their rates, or none."""
        return (self.payee,)

    @property
    def only_one(self) -> tuple[str, ...] | None:
        """One rate a payee and territory at a time."""
        return (self.payee, self.territory)

    @property
    def cells(self) -> tuple[str, ...]:
        """As in the file."""
        return (self.payee, self.territory, plain(self.rate), *_months(self.period))


@dataclass(frozen=True, slots=True)
class Rate(Always):
    """How much of one currency is one of another in a statement month. *source*, *quoted_on*: who says so, of which day."""

    month: date
    from_currency: str
    to_currency: str
    rate: Decimal
    source: str = ""
    quoted_on: date | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """Month and both currencies."""
        return (month_text(self.month), self.from_currency, self.to_currency)

    @property
    def cells(self) -> tuple[str, ...]:
        """As in the file."""
        return (*self.key, plain(self.rate))


@dataclass(frozen=True, slots=True)
class Balance(Always):
    """What a contract of a payee stood at in a statement month, in its currency; below zero an advance is not earned yet.

    *recouped*: kept to make up for advances and costs outside of the opening balance; *paid*: out to the payee.
    """

    contract: str
    payee: str
    currency: str
    month: date
    opening: Decimal
    earned: Decimal
    recouped: Decimal
    paid: Decimal

    @property
    def closing(self) -> Decimal:
        """What goes on into the next month, exact."""
        return self.opening + self.earned - self.recouped - self.paid

    @property
    def key(self) -> tuple[str, ...]:
        """Contract and month: a file of one month says nothing of the others."""
        return (self.contract, month_text(self.month))

    @property
    def cells(self) -> tuple[str, ...]:
        """As in the file."""
        amounts = (self.opening, self.earned, self.recouped, self.paid, self.closing)
        said = (self.contract, self.payee, self.currency, month_text(self.month))
        return (*said, *(plain(one) for one in amounts))


Row = Deal | Split | Payee | Withholding | Rate | Balance


def values_of(row: Row, table: Table) -> dict[str, str]:
    """Column → what stands there in a file, also in the columns that a file may have."""
    said = dict(zip((name for name, _kind in COLUMNS[table]), row.cells, strict=True))
    return said | {name: _more(getattr(row, name)) for name in MORE[table]}


def _more(value: Decimal | date | UUID | str | None) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    return "" if value is None else str(value)


def _months(period: Period) -> tuple[str, str]:
    return month_text(period.start), month_text(period.end)
