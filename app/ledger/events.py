"""What happened to held money and to payees."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kernel.events import Event
from app.kernel.sides import Side


@dataclass(frozen=True, slots=True)
class HoldPlaced(Event):
    """Money of one side is held."""

    hold_id: UUID
    side: Side


@dataclass(frozen=True, slots=True)
class HoldReleased(Event):
    """It is held no longer. *was_placed*: money was held; otherwise a proposal was dropped."""

    hold_id: UUID
    side: Side
    was_placed: bool = True


@dataclass(frozen=True, slots=True)
class HoldMoved(Event):
    """Another hold took its place."""

    hold_id: UUID
    moved_to_id: UUID
    side: Side


@dataclass(frozen=True, slots=True)
class BankChanged(Event):
    """A payee changed where their money goes."""

    payee_id: UUID
    person_id: UUID
