"""Locking or exporting a large batch in the background: its states, how far it is, how long it still takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

LARGE = 2_000
"""Corrections up to which a batch is locked and exported at once, within the request."""
PASSES = 2
"""Locking freezes and reads back; exporting writes the file and moves the corrections."""
Say = Callable[[int, int], None]
"""Told again and again: which pass (from 0), and how many corrections of it are done. May raise to stop everything."""


class RunAct(StrEnum):
    """What is done to the batch."""

    LOCK = "lock"
    EXPORT = "export"


class BatchRunState(StrEnum):
    """Where it stands. All but the first two are its end."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


LIVE = (BatchRunState.WAITING, BatchRunState.RUNNING)


def silent(which: int, count: int) -> None:
    """Nobody waits."""


def done_of(total: int, which: int, count: int) -> int:
    """How many of *total* corrections count as done, with *count* of them through pass *which*; never all of them."""
    through = which * total + min(count, total)
    return max(0, min(through // PASSES, total - 1))


def percent_of(total: int, done: int) -> int:
    """0 to 100."""
    return 100 * done // total if total else 0


def seconds_left(total: int, done: int, begun: datetime | None, now: datetime) -> int | None:
    """How long it still takes at the pace so far; None while nobody can say."""
    if begun is None or done <= 0:
        return None
    return max(1, round((now - begun).total_seconds() * (total - done) / done))
