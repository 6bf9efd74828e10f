"""The board: stages of open cases as columns, in the order a case goes."""

from __future__ import annotations

from enum import StrEnum

from app.cases.rules.kinds import DRAFTING, State

CARDS = 20
"""Cards of a column on one page."""


class Stage(StrEnum):
    """A column."""

    NEW = "new"
    TRIAGE = "triage"
    REVIEW = "review"
    PARTIES = "parties"
    STATUTORY = "statutory"
    DECIDING = "deciding"
    APPROVAL = "approval"
    DECIDED = "decided"


STATES: dict[Stage, tuple[State, ...]] = {
    Stage.NEW: (State.SUBMITTED,),
    Stage.TRIAGE: (State.TRIAGE, State.NOTICE_REVIEW),
    Stage.REVIEW: (State.REVIEW, State.AUDITING, State.EVIDENCE_EXCHANGE, State.COUNTER_REVIEW),
    Stage.PARTIES: (
        State.WAITING_COMPLAINANT, State.WAITING_RESPONDENT, State.WAITING_STORE, State.RESTRICTED,
        State.NEGOTIATION, State.HELD_PARTIES_TO_SETTLE,
    ),
    Stage.STATUTORY: (State.RESTORATION_WINDOW, State.COURT_STAY),
    Stage.DECIDING: (State.CONFIRMATION, State.APPEAL_REVIEW),
    Stage.APPROVAL: (State.FINANCE_APPROVAL, State.IMPLEMENTING),
    Stage.DECIDED: (State.DECIDED,),
}  # fmt: skip
"""Every state of an open case stands in one column; a test sees that none is missing."""
OPEN_STATES = tuple(state for state in State if state not in DRAFTING | {State.NONE, State.CLOSED})


def states_in(stage: Stage, wanted: tuple[State, ...]) -> tuple[State, ...]:
    """The states of a column that a filter leaves; all of them without a filter."""
    return tuple(state for state in STATES[stage] if not wanted or state in wanted)
