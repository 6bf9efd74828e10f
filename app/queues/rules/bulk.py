"""Bulk acts: what may be done to many cases at once, how many, and what can be taken back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.cases.rules.kinds import CaseEvent


class BulkAct(StrEnum):
    """What is done to each case."""

    ASSIGN = "assign"
    TAG = "tag"
    UNTAG = "untag"
    STAGE = "stage"
    LINK = "link"
    DUPLICATE = "duplicate"
    DEADLINE = "deadline"
    MACRO = "macro"


class RunState(StrEnum):
    """A run is looked at first, then queued or running, then done; undone when it was taken back."""

    PREVIEWED = "previewed"
    RUNNING = "running"
    DONE = "done"
    UNDONE = "undone"


class Result(StrEnum):
    """What became of one case. *waiting*: will change; *stale*: somebody else changed it meanwhile."""

    WAITING = "waiting"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"
    STALE = "stale"
    UNDONE = "undone"


MOST = 500
MOST_MOVES = 200
"""Moves ask every guard of every case; more at once would keep the reader waiting."""
AT_ONCE = 50
"""Up to here the work is done while the reader waits, above it in the background."""
UNDO_FOR = timedelta(seconds=30)
UNDOABLE = frozenset({BulkAct.ASSIGN, BulkAct.TAG, BulkAct.UNTAG, BulkAct.LINK, BulkAct.DUPLICATE})
MOVES = frozenset({BulkAct.STAGE, BulkAct.DUPLICATE, BulkAct.DEADLINE})
"""Acts that are moves of the lifecycle table."""
MOST_DAYS = 180


def most_of(act: BulkAct) -> int:
    """How many cases one run of *act* may touch."""
    if act is BulkAct.MACRO:
        return AT_ONCE
    return MOST_MOVES if act in MOVES else MOST


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case that was chosen and the version its reader saw."""

    case_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of a case: *waiting*, or why not. *given*: what this case alone gets."""

    chosen: Chosen
    result: Result
    reason: str = ""
    given: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One case of a run, in order."""

    case_id: UUID
    ref: str
    title: str
    version: int
    result: Result
    reason: str
    before: dict[str, Any]
    version_after: int | None


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with its numbers. *given*: what is done, by name."""

    id: UUID
    act: BulkAct
    given: dict[str, Any]
    state: RunState
    by_id: UUID
    created_at: datetime
    finished_at: datetime | None
    counts: dict[Result, int]

    @property
    def total(self) -> int:
        """All its cases."""
        return sum(self.counts.values())

    def can_be_undone(self, now: datetime) -> bool:
        """Within half a minute after its end, when its act can be taken back and something changed."""
        return (
            self.state is RunState.DONE
            and self.act in UNDOABLE
            and self.finished_at is not None
            and now <= self.finished_at + UNDO_FOR
            and self.counts.get(Result.CHANGED, 0) > 0
        )


STAGE_MOVES = (
    CaseEvent.TAKE, CaseEvent.START_REVIEW, CaseEvent.START_AUDIT, CaseEvent.START_EXCHANGE,
    CaseEvent.CLOSE_EXCHANGE, CaseEvent.STORE_ANSWERED, CaseEvent.CLOSE_OUT_OF_SCOPE,
)  # fmt: skip
"""Moves of the lifecycle table that need no more than a reason, so that many cases can make them together."""
