"""What happened in a conversation. Words travel in no event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.conversations.rules.requests import ItemState
from app.kernel.events import Event
from app.kernel.sides import Disclosure, Side


@dataclass(frozen=True, slots=True)
class MessageSent(Event):
    """Somebody wrote. *sender_side* desk: tell the party; else: tell the desk and stop its reply clock.

    *by_person*: False for automatic words, which answer no clock.
    """

    message_id: UUID
    sender_side: Side
    side: Side
    disclosure: Disclosure
    by_person: bool


@dataclass(frozen=True, slots=True)
class NoteAdded(Event):
    """Staff left a note for the desk."""

    message_id: UUID


@dataclass(frozen=True, slots=True)
class ItemsAsked(Event):
    """The desk asked one side for things."""

    request_id: UUID
    side: Side
    number: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class ItemAnswered(Event):
    """A party answered an item, or said why it cannot. *waiting*: items of the request still open."""

    request_id: UUID
    item_id: UUID
    side: Side
    state: ItemState
    waiting: int


@dataclass(frozen=True, slots=True)
class ItemJudged(Event):
    """The desk accepted an answer, asked again or waived the item."""

    request_id: UUID
    item_id: UUID
    side: Side
    state: ItemState


@dataclass(frozen=True, slots=True)
class RequestExtended(Event):
    """A request has a later deadline."""

    request_id: UUID
    side: Side
    due_at: datetime


@dataclass(frozen=True, slots=True)
class RequestLapsed(Event):
    """A deadline passed with items unanswered; the case's own table says what silence does."""

    request_id: UUID
    side: Side
    items: int
