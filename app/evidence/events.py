"""What happened to evidence. Names and contents travel in no event."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.evidence.rules.items import VerdictKind
from app.kernel.events import Event
from app.kernel.sides import Side


@dataclass(frozen=True, slots=True)
class EvidenceReceived(Event):
    """A file was stored and its row committed."""

    item_id: UUID
    side: Side


@dataclass(frozen=True, slots=True)
class EvidenceShared(Event):
    """The other side may read an item now."""

    item_id: UUID
    side: Side


@dataclass(frozen=True, slots=True)
class EvidenceUnshared(Event):
    """The other side may no longer read an item."""

    item_id: UUID
    side: Side


@dataclass(frozen=True, slots=True)
class EvidenceWithdrawn(Event):
    """Its side withdrew an item; it stays, marked."""

    item_id: UUID
    side: Side


@dataclass(frozen=True, slots=True)
class VerdictRecorded(Event):
    """Staff judged an item."""

    item_id: UUID
    kind: VerdictKind
