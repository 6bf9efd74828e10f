"""What happened to case files."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kernel.events import Event


@dataclass(frozen=True, slots=True)
class CaseFileReady(Event):
    """It can be fetched by whoever asked."""

    file_id: UUID
    person_id: UUID
    ref: str
