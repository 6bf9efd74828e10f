"""What somebody asks of a letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.kernel.sides import Side
from app.letters.rules.context import LetterContext, MoneyLine, Sender, Working
from app.letters.rules.kinds import LetterKind

SERIES = "L"


@dataclass(frozen=True, slots=True)
class DraftLetter:
    """Begin a letter. *context* names kind and recipient side; number, day and code stay empty.

    *by_hand*: the words are the actor's; *replaces_id*: the issued letter that it takes the place of.
    """

    case_id: UUID
    context: LetterContext
    decision_id: UUID | None = None
    series: str = SERIES
    by_hand: bool = False
    replaces_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SaveLetter:
    """Change a draft. *version*: what was read."""

    letter_id: UUID
    context: LetterContext
    version: int


@dataclass(frozen=True, slots=True)
class IssueLetter:
    """Give a draft its number for good and have it printed. *base_url*: where `/verify/…` lives."""

    letter_id: UUID
    version: int
    base_url: str


@dataclass(frozen=True, slots=True)
class EditLetter:
    """Other words in the blocks of a draft. *texts*: by name of the block; *version*: what was read."""

    letter_id: UUID
    version: int
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SendLetter:
    """Let a draft go as it was read. *proof*: SHA-256 of the print that was looked at."""

    letter_id: UUID
    version: int
    proof: str
    base_url: str


@dataclass(frozen=True, slots=True)
class VoidLetter:
    """Drop a draft, or give up a number; it is never used again."""

    letter_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class MarkLetter:
    """Somebody found out what became of a letter: *delivered* by other means, or never reached."""

    letter_id: UUID
    delivered: bool
    note: str


@dataclass(frozen=True, slots=True)
class IssueDecisionLetters:
    """Tell both sides a confirmed decision. By side: the last day of a second review; *money*, *working*: what it may see."""

    case_id: UUID
    decision_id: UUID
    sender: Sender
    base_url: str
    appeal_until: Mapping[Side, date]
    money: Mapping[Side, tuple[MoneyLine, ...]] = field(default_factory=dict)
    working: Mapping[Side, Working] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WriteLetter:
    """A letter that a step of the case asks for. *parts*: fields of its context; the case gives the rest.

    *role*: whose work it tells; *automatic*: issue it now when nothing is missing.
    """

    case_id: UUID
    kind: LetterKind
    side: Side
    sender: Sender
    base_url: str
    role: str
    parts: Mapping[str, Any]
    automatic: bool = True
