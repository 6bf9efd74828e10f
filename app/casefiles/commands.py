"""What people ask of case files."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AskForFile:
    """Pack everything that I may see of this case."""

    case_id: UUID
