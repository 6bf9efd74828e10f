"""What the desk's templates are handed: frozen rows, already in words where words are needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.kernel.money import Money


@dataclass(frozen=True, slots=True)
class ClockRow:
    """A deadline: *what* falls due, *left* in words, *used* percent of its time, *tone* of its bar."""

    what: str
    due_at: datetime | None
    started_at: datetime | None
    state: str
    paused_for: str = ""
    left: str = ""
    note: str = ""
    used: int | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class CaseHead:
    """The head of a case on every page of it."""

    href: str
    ref: str
    title: str
    kind: str
    sub_kind: str
    country: str
    sub_kind_code: str
    state: str
    outcome: str | None
    owner: str
    summary: str
    who_moves: str


@dataclass(frozen=True, slots=True)
class ActionLink:
    """A button to the form of a move."""

    event: str
    label: str
    href: str
    icon: str
    is_primary: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class RefusalLine:
    """A move that is not possible yet, and why."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """A banner: blocking (danger), warning (warn) or plain (info)."""

    text: str
    tone: str = "info"


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A party with side, language and local time. *history*: their other cases in numbers."""

    name: str
    more: str
    tone: str
    history: str = ""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A line of the timeline: *kind* message, note or event."""

    kind: str
    at: datetime
    text: str
    who: str = ""
    more: str = ""
    lang: str = ""
    tone: str = ""
    icon: str = "flag"
    anchor: str | None = None
    foot: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CustodyLine:
    """A step of custody in words."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class ExhibitRow:
    """An exhibit in the pane or on its page. *mark*: icon of its verdict; *facts*: key and value pairs."""

    label: str
    name: str
    href: str
    icon: str
    verdict: str
    verdict_words: str
    mark: str
    tone: str
    facts: tuple[tuple[str, Any], ...] = ()
    open_href: str = ""
    verdict_href: str = ""
    acts: tuple[ActionLink, ...] = ()
    custody: tuple[CustodyLine, ...] = ()


@dataclass(frozen=True, slots=True)
class HoldLine:
    """What is held, why, since when."""

    what: str
    why: str
    since: datetime
    state: str
    amount: Money | None
    release_href: str


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A letter or a related case."""

    title: str
    href: str
    state: str
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A form field with how it is shown."""

    field: Any
    hint: str = ""
    is_optional: bool = False
    is_short: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that will happen."""

    icon: str
    text: str
