"""What somebody asks of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.kernel.money import Money
from app.kernel.sides import Disclosure, Side
from app.ledger.rules.bank import BankDetails
from app.ledger.rules.codes import AccountCodes
from app.ledger.rules.holds import HoldReason, HoldScope
from app.ledger.rules.posting import Entry, JournalKind


@dataclass(frozen=True, slots=True)
class OpenPayee:
    """Enter who is paid. *bank*: as written on their form; only a mask of it is kept here."""

    legal_name: str
    person_id: UUID | None = None
    bank: str = ""


@dataclass(frozen=True, slots=True)
class ChangeBank:
    """New bank details of a payee, by the payee. *version*: what was read."""

    payee_id: UUID
    details: BankDetails
    version: int


@dataclass(frozen=True, slots=True)
class Post:
    """A journal. *entries*: two or more, balanced per currency, in the order they shall stand."""

    case_id: UUID
    kind: JournalKind
    narration: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """Hold the disputed part of one side's money.

    *amount* with *payee_id*: taken from that payee's balance; without, what they will earn is held.
    *review_on*: default 90 days from today.
    """

    case_id: UUID
    side: Side
    reason: HoldReason
    scope: HoldScope
    explanation: str = ""
    review_on: date | None = None
    until: date | None = None
    payee_id: UUID | None = None
    amount: Money | None = None
    disclosure: Disclosure = Disclosure.PRIVATE


@dataclass(frozen=True, slots=True)
class Allocation:
    """Part of a released amount and the payee who gets it."""

    payee_id: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class ReleaseHold:
    """End a hold. *to*: who gets a held amount, adding up to it; empty gives it back to its payee."""

    hold_id: UUID
    reason: str
    to: tuple[Allocation, ...] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True)
class MoveHold:
    """Let another hold take its place; a held amount goes with it."""

    hold_id: UUID
    reason: str
    scope: HoldScope
    side: Side
    payee_id: UUID | None = None
    review_on: date | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ExtendHold:
    """Look again later."""

    hold_id: UUID
    reason: str
    review_on: date
    version: int | None = None


@dataclass(frozen=True, slots=True)
class PublishCodes:
    """Make *codes* the next version, in force for posting dates from *effective_from* on."""

    codes: AccountCodes
    effective_from: date
    reason: str


@dataclass(frozen=True, slots=True)
class ClosePeriod:
    """Close a month. *month*: its first day; *note*: may be empty."""

    month: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReopenPeriod:
    """Open a closed month again. *month*: its first day."""

    month: date
    reason: str
