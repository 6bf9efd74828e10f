"""What a party asks of ratings."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RateCase:
    """*process*: how we handled it; *outcome*: the result itself; 1 to 5 each. *solved_first*: None when not said."""

    case_id: UUID
    process: int
    outcome: int
    solved_first: bool | None = None
    words: str = ""
