"""When a case counts as avoided: somebody said "this answers it" and did not come back with the same question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

COMES_BACK = timedelta(days=14)
"""Whoever files a case of the same kind within two weeks was not helped."""
MISSING_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Avoided:
    """Counts over a period. *shown*: offers; *answered*: "this answers it"; *came_back*: of those, filed after all."""

    shown: int
    answered: int
    came_back: int

    @property
    def cases(self) -> int:
        """Cases that were avoided, as far as can be known today."""
        return self.answered - self.came_back


def is_coming_back(answered_at: datetime, filed_at: datetime) -> bool:
    """Whether a case filed at *filed_at* shows that the answer did not help."""
    return answered_at <= filed_at < answered_at + COMES_BACK
