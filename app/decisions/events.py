"""What happened to a decision."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kernel.events import Event


@dataclass(frozen=True, slots=True)
class DecisionProposed(Event):
    """A draft was frozen and waits for a second person."""

    decision_id: UUID
    round: int


@dataclass(frozen=True, slots=True)
class DecisionConfirmed(Event):
    """The decision stands; both sides may read their part."""

    decision_id: UUID
    round: int
    outcome: str


@dataclass(frozen=True, slots=True)
class DecisionReturned(Event):
    """The second person gave it back."""

    decision_id: UUID
    round: int
