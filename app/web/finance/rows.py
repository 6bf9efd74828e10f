"""Frozen rows that the templates of finance read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.kernel.money import Money
from app.web.finance.words import Chip


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """A row of F1. *paid_by*: how its payees are paid. *bar*: why the reader may not approve it, empty when they may."""

    href: str
    amount: Money
    artist: str
    paid_by: str
    case_ref: str
    reason: str
    prepared_by: str
    since: datetime
    due_at: datetime | None
    chip: Chip
    notes: tuple[Chip, ...]
    bar: str


@dataclass(frozen=True, slots=True)
class WorkingLine:
    """A line of F2 with its payee. *refused*: why no payment file would pay it, empty when one does; *is_noted*: finance entered the details."""

    payee: str
    bank: str
    paid_by: str
    refused: str
    is_noted: bool
    reason: str
    note: str
    period: str
    sources: str
    rate: str
    gross: Money
    tax: Money
    net: Money


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A proposed entry: one side is empty."""

    account: str
    debit: Money | None
    credit: Money | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Who did what, when."""

    what: str
    who: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A row of F3."""

    href: str
    number: int
    currency: str
    chip: Chip
    count: int
    total: Money
    opened_at: datetime
    latest_at: datetime


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A correction in a batch. *id* names it in the ledger's answer."""

    id: UUID
    href: str
    case_ref: str
    artist: str
    reason: str
    chip: Chip
    total: Money
    ledger_note: str


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A row of F6. *is_orphan*: its case is not open, which is an error."""

    href: str
    case_ref: str
    case_title: str
    what: str
    where: str
    why: str
    side: str
    chip: Chip
    amount: Money | None
    since: datetime
    days: int
    review_at: datetime
    is_late: bool
    is_orphan: bool
