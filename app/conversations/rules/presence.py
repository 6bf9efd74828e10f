"""Who else is here: how long a sign of life counts."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

PRESENT_FOR = timedelta(seconds=90)
"""Three polls of 30 seconds: one that is lost makes nobody vanish (UX section 12)."""


class Doing(StrEnum):
    """What somebody does with the case they have open."""

    READING = "reading"
    WRITING = "writing"


def doing_of(typed: str) -> Doing:
    """The word of a page, reading when it says anything else."""
    return Doing.WRITING if typed == Doing.WRITING.value else Doing.READING
