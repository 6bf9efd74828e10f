"""What happened to parent events that goes on elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ParentEventFound(Event):
    """Our own check found one fault with many payees."""

    event_id: UUID


@dataclass(frozen=True, slots=True)
class ChildCasesWanted(Event):
    """A lead wants the proposed cases opened."""

    event_id: UUID


@dataclass(frozen=True, slots=True)
class CorrectionsWanted(Event):
    """A lead wants the corrections of the cases proposed. *act_id*: the history says what was wanted."""

    event_id: UUID
    act_id: UUID
    by_id: UUID
