"""What happened, as frozen values; rooms subclass. The type name is the class name in snake case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events. Fields are UUID, str, int, bool, date, datetime, Decimal or StrEnum."""

    case_id: UUID | None

    @classmethod
    def type_name(cls) -> str:
        """`CaseSubmitted` -> `case_submitted`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
