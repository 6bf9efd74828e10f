"""What happened to a letter."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kernel.events import Event
from app.kernel.sides import Side


@dataclass(frozen=True, slots=True)
class LetterNumbered(Event):
    """A letter took its number; its bytes follow."""

    letter_id: UUID
    number: str


@dataclass(frozen=True, slots=True)
class LetterIssued(Event):
    """The final bytes are stored, signed where we have a key; the side may read them and is told."""

    letter_id: UUID
    audience: Side
    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class LetterSettled(Event):
    """The side was told, or it is marked that it could not be."""

    letter_id: UUID
    audience: Side
    state: str


@dataclass(frozen=True, slots=True)
class LetterVoided(Event):
    """A number was given up with a reason."""

    letter_id: UUID
    number: str
