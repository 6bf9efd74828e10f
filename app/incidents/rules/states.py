"""A parent event: where it stands, what became of each of its payees, which kind of case it proposes."""

from __future__ import annotations

from enum import StrEnum

from app.cases.rules.kinds import SubKind
from app.recompute.rules.findings import Cause


class EventState(StrEnum):
    """Where an event stands. superseded: a newer check of its month found something else in its place."""

    OPEN = "open"
    OPENING = "opening"
    OPENED = "opened"
    DISMISSED = "dismissed"
    SUPERSEDED = "superseded"


DECIDED = (EventState.OPENING, EventState.OPENED, EventState.DISMISSED)
"""A person decided: its lines are never grouped again."""


class Result(StrEnum):
    """What became of a payee. joined: the case of another event of the month stands for this one too."""

    WAITING = "waiting"
    OPENED = "opened"
    JOINED = "joined"
    UNKNOWN = "unknown"
    REFUSED = "refused"


_SUB_KINDS = {
    Cause.WRONG_FEE: SubKind.WRONG_FEE_OR_RATE,
    Cause.WRONG_FX: SubKind.WRONG_FEE_OR_RATE,
    Cause.WRONG_CURRENCY: SubKind.WRONG_FEE_OR_RATE,
    Cause.WRONG_WITHHOLDING: SubKind.WITHHOLDING,
}


def sub_kind_of(cause: str) -> SubKind:
    """The kind of case for a payee. A split that *we* applied wrongly has no other side: its earnings are wrong."""
    return _SUB_KINDS.get(Cause(cause), SubKind.MISSING_EARNINGS)
