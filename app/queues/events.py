"""What happened to lists that goes on elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kernel.events import Event


@dataclass(frozen=True, slots=True)
class BulkStarted(Event):
    """A run too long to wait for begins in the background."""

    run_id: UUID
