"""What somebody asks of outside numbers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kernel.sides import Side
from app.references.rules import ReferenceKind


@dataclass(frozen=True, slots=True)
class AddReference:
    """Note a number on a side of a case. *value*: as typed."""

    case_id: UUID
    side: Side
    kind: ReferenceKind
    value: str


@dataclass(frozen=True, slots=True)
class EndReference:
    """Take a number off a case; it was wrong or is over."""

    case_id: UUID
    reference_id: UUID
