"""What people ask of conversations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.conversations.rules.audience import Audience, Channel
from app.conversations.rules.macros import MacroAudience, Proposes
from app.conversations.rules.requests import ItemKind, Step
from app.kernel.sides import Side


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Words to somebody. *version*: `TimelinePage.version` that was on the screen, None to skip the check."""

    case_id: UUID
    audience: Audience
    body: str
    language: str = "en"
    version: int | None = None
    channel: Channel = Channel.PORTAL
    client_key: str = ""


@dataclass(frozen=True, slots=True)
class AddNote:
    """Words for the desk alone."""

    case_id: UUID
    body: str
    client_key: str = ""


@dataclass(frozen=True, slots=True)
class AskedItem:
    """One thing asked for. *hint*: why, and a good example. *options*: for a choice."""

    kind: ItemKind
    title: str
    hint: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskItems:
    """Ask one side for things. *due_at*: aware UTC. *silence*: what happens without an answer."""

    case_id: UUID
    side: Side
    items: tuple[AskedItem, ...]
    due_at: datetime
    reason: str
    silence: str = ""
    language: str = "en"
    client_key: str = ""


@dataclass(frozen=True, slots=True)
class AnswerItem:
    """An answer. *text*: words, the choice, or `yes`; with *cannot_provide* the reason why not."""

    case_id: UUID
    item_id: UUID
    text: str = ""
    evidence_ids: tuple[UUID, ...] = ()
    cannot_provide: bool = False
    version: int | None = None
    client_key: str = ""


@dataclass(frozen=True, slots=True)
class JudgeItem:
    """The desk accepts an answer, asks again or waives. *note*: words for the party; needed to ask again."""

    case_id: UUID
    item_id: UUID
    step: Step
    note: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ExtendRequest:
    """More time. *latest*: what policy allows at most; a party gets it once."""

    case_id: UUID
    request_id: UUID
    until: datetime
    latest: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class KeepDraft:
    """Words typed and not sent. *box*: an audience, or `request:<item id>`."""

    case_id: UUID
    box: str
    body: str


@dataclass(frozen=True, slots=True)
class KeepComposer:
    """Words in the desk's composer. *seen*: when the page last saved or read them, None for never."""

    case_id: UUID
    audience: Audience
    body: str
    seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class SaveMacro:
    """Write or change a macro. *macro_id*: None for a new one; *is_team*: for everybody, leads only."""

    macro_id: UUID | None
    name: str
    language: str
    audience: MacroAudience
    body: str
    proposes: Proposes = field(default_factory=Proposes)
    is_team: bool = False
    version: int = 0
