"""What happened to ratings."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kernel.events import Event


@dataclass(frozen=True, slots=True)
class CaseRated(Event):
    """A side rated a round, or changed its rating. Its words travel nowhere."""

    rating_id: UUID
    side: str
    round: int
