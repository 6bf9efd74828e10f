"""Messages, requests and answers as they travel."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from app.api.shapes.frame import Body, Cursor, Page, Shown, Whole, page_example
from app.conversations.queries.requests import AnswerRow, RequestItemRow, RequestRow
from app.conversations.queries.timeline import TimelineEntry
from app.conversations.rules.audience import BODY_LIMIT, Audience
from app.conversations.rules.requests import ItemKind, ItemState
from app.kernel.sides import Side

_MESSAGE: dict[str, Any] = {
    "id": "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c", "at": "2026-11-20T09:00:00Z", "by": "Sabina Aliyeva",
    "by_side": "complainant", "to": "desk", "body": "When will you look at it?", "language": "en",
    "is_mine": True,
}  # fmt: skip
_REQUEST: dict[str, Any] = {
    "number": 1, "side": "complainant", "reason": "We need your statement.", "silence": "", "due_at": "2026-12-04T14:00:00Z",
    "asked_at": "2026-11-20T09:00:00Z", "open": True, "items": [{
        "id": "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c", "position": 1, "kind": "document", "title": "The statement of March", "hint": "", "options": [],
        "state": "asked", "note": "", "version": 1, "answer": None,
    }],
}  # fmt: skip


class MessagesQuery(Cursor):
    """Which page of the messages."""


class Message(Shown):
    """Words in a case."""

    model_config = ConfigDict(json_schema_extra={"example": _MESSAGE})

    id: str
    at: datetime
    by: str = Field(description="Name; empty for the system and for people of the other side.")
    by_side: Side | None
    to: Audience | None = Field(description="`note` is for the people who work here.")
    body: str
    language: str
    is_mine: bool

    @classmethod
    def of(cls, row: TimelineEntry) -> Message:
        """A line of the timeline that is a message or a note."""
        return cls(
            id=row.id, at=row.at, by=row.by, by_side=row.by_side, to=row.audience, body=row.body,
            language=row.language, is_mine=row.is_mine,
        )  # fmt: skip


class Messages(Page):
    """A page of messages, the newest first."""

    model_config = ConfigDict(json_schema_extra=page_example(_MESSAGE))

    items: list[Message]


class SendMessage(Body):
    """Words to somebody."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"example": {"to": "desk", "body": "When will you look at it?"}},
    )

    to: Audience = Field(description="`desk` for parties; the others for people who work here.")
    body: str = Field(min_length=1, max_length=BODY_LIMIT)
    language: str = Field(default="en", pattern="^[a-z]{2}$")


class Sent(Shown):
    """What was sent."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"id": "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c"}}
    )

    id: UUID


class Answer(Shown):
    """The newest answer to an item."""

    declined: bool
    text: str
    evidence: list[UUID] = Field(description="Ids of files.")
    by: str
    at: datetime

    @classmethod
    def of(cls, row: AnswerRow) -> Answer:
        """One row."""
        return cls(
            declined=row.declined, text=row.text, evidence=list(row.evidence_ids), by=row.by, at=row.at
        )  # fmt: skip


class RequestItem(Shown):
    """One thing that is asked for."""

    id: UUID
    position: int
    kind: ItemKind
    title: str
    hint: str
    options: list[str]
    state: ItemState
    note: str = Field(description="The desk's last word on it.")
    version: int
    answer: Answer | None

    @classmethod
    def of(cls, row: RequestItemRow) -> RequestItem:
        """One row."""
        return cls(
            id=row.id, position=row.position, kind=row.kind, title=row.title, hint=row.hint,
            options=list(row.options), state=row.state, note=row.note, version=row.version,
            answer=Answer.of(row.answer) if row.answer else None,
        )  # fmt: skip


class Request(Shown):
    """What one side is asked for, until when."""

    model_config = ConfigDict(json_schema_extra={"example": _REQUEST})

    number: int
    side: Side
    reason: str
    silence: str = Field(description="What happens without an answer.")
    due_at: datetime
    asked_at: datetime
    open: bool
    items: list[RequestItem]

    @classmethod
    def of(cls, row: RequestRow) -> Request:
        """One row."""
        return cls(
            number=row.number, side=row.side, reason=row.reason, silence=row.silence, due_at=row.due_at,
            asked_at=row.asked_at, open=row.is_open, items=[RequestItem.of(item) for item in row.items],
        )  # fmt: skip


class Requests(Shown):
    """Everything that was asked, the newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_REQUEST]}})

    items: list[Request]


class GiveAnswer(Body):
    """An answer to one item: words, a choice, `yes`, or files that are evidence already."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"example": {"text": "It is attached.", "evidence": [], "version": 1}},
    )

    text: Annotated[str, StringConstraints(max_length=BODY_LIMIT)] = ""
    evidence: list[UUID] = Field(
        default_factory=list, max_length=50, description="Ids of own files."
    )
    cannot_provide: bool = Field(default=False, description="Then the text says why.")
    version: Whole | None = Field(
        default=None, ge=0, le=2_147_483_647, description="Of the item that was read."
    )
