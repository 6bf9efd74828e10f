"""What reads of cases hand on: frozen rows for pages, and the cursor of keyset paging."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from app.cases.rules.kinds import Kind, Outcome, State, SubKind, artist_side
from app.cases.rules.words import Mover
from app.kernel.errors import Invalid
from app.kernel.sides import Side

T = TypeVar("T")
FAR = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands for a missing due instant in the order of a queue."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of one page and the cursor of the next, None at the end."""

    rows: tuple[T, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as the actor may see it. *side*: the party side they speak for; None for the house.

    *owner_id*, *needs_attention*, *next_due_at* are the desk's: None for parties. *owner_name* comes with a
    view that was asked for by id or reference.
    """

    id: UUID
    ref: str | None
    kind: Kind
    sub_kind: SubKind
    state: State
    version: int
    round: int
    outcome: Outcome | None
    policy_id: UUID
    return_path: tuple[State, ...]
    silence: str | None
    subject_title: str
    subject_artist: str
    isrc: str | None
    upc: str | None
    store: str | None
    period_start: date | None
    period_end: date | None
    disputed_amount: Decimal | None
    disputed_currency: str | None
    summary: str
    language: str
    zone: str
    country: str | None
    needs: Mover
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    informed_at: datetime | None
    closed_at: datetime | None
    side: Side | None
    owner_id: UUID | None
    needs_attention: str | None
    next_due_at: datetime | None
    next_due_kind: str | None
    first_replied_at: datetime | None
    owner_name: str = ""
    legal_hold_at: datetime | None = None

    @property
    def artist_side(self) -> Side:
        """Where the artist stands."""
        return artist_side(self.sub_kind)


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A party as displayed. *email*, *phone*, *address* only for its own side and the desk.

    *acting*: `relation|name` of those who may act for it now, for the same readers.
    """

    id: UUID
    side: Side
    display_name: str
    party_kind: str
    person_id: UUID | None
    country: str | None
    zone: str
    language: str
    email: str | None
    phone: str | None
    address: str | None
    acting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A person with an account on a side."""

    person_id: UUID
    name: str
    side: Side
    capability: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class ClockRow:
    """A clock as shown. *late*: it is past its end and still open."""

    id: UUID
    kind: str
    side: Side
    state: str
    zone: str
    calendar_id: UUID | None
    started_at: datetime
    due_at: datetime
    earliest_at: datetime | None
    pause_reason: str | None
    ended_at: datetime | None
    breached_at: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move of the case; actor, name and reason only for the house."""

    event: str
    from_state: State
    to_state: State
    round: int
    at: datetime
    acted_as: str
    actor_name: str
    reason: str
    by_side: str = ""
    terms: str = ""
    actor_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A linked case, for the desk."""

    case_id: UUID
    ref: str | None
    relation: str
    state: State
    title: str


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the desk wants to see; empty means all. *owner*: `me`, `nobody` or a person's id."""

    kinds: tuple[Kind, ...] = ()
    sub_kinds: tuple[SubKind, ...] = ()
    states: tuple[State, ...] = ()
    needs: tuple[Mover, ...] = ()
    owner: str = ""
    late: bool = False
    attention: bool = False
    open_only: bool = True
    text: str = ""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the desk's list."""

    id: UUID
    ref: str
    kind: Kind
    sub_kind: SubKind
    state: State
    outcome: Outcome | None
    version: int
    subject_title: str
    subject_artist: str
    needs: Mover
    needs_attention: str | None
    owner_id: UUID | None
    owner_name: str
    next_due_at: datetime | None
    next_due_kind: str | None
    submitted_at: datetime
    updated_at: datetime
    language: str = ""
    country: str | None = None
    disputed_amount: Decimal | None = None
    disputed_currency: str | None = None


class Need(StrEnum):
    """The groups of a party's list, in its order: what the party must do, drafts, what runs, what ended."""

    NEEDS_ME = "needs_me"
    DRAFT = "draft"
    OPEN = "open"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class MyCaseRow:
    """One card of a party's list. *due_at*: their own or shared next deadline."""

    id: UUID
    ref: str | None
    kind: Kind
    sub_kind: SubKind
    state: State
    outcome: Outcome | None
    subject_title: str
    subject_artist: str
    side: Side
    need: Need
    due_at: datetime | None
    updated_at: datetime

    @property
    def needs_me(self) -> bool:
        """The party must move."""
        return self.need is Need.NEEDS_ME


@dataclass(frozen=True, slots=True)
class MyFilter:
    """What a party looks for in its list; empty means all. *text*: title, artist, reference or identifier."""

    text: str = ""
    need: Need | None = None


def cursor_of(at: datetime, key: UUID, rank: int = 0) -> str:
    """Where a page ended: opaque, safe in an address."""
    plain = json.dumps([rank, at.isoformat(), str(key)])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def parse_cursor(text: str) -> tuple[int, datetime, UUID]:
    """The opposite of `cursor_of`. Raises `Invalid` for anything else."""
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        rank, at, key = json.loads(plain)
        moment = datetime.fromisoformat(at)
        return int(rank), moment if moment.tzinfo else moment.replace(tzinfo=UTC), UUID(key)
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise Invalid("cursor", "cursor", "this page address is not valid") from error
