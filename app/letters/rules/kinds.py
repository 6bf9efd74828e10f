"""The kinds of letters, the states of one, and what ends in which state."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

RETENTION = timedelta(days=6 * 365 + 2)
"""How long the store refuses to delete a letter: six years, the usual time within which a claim out of
a contract can be brought (Limitation Act 1980, s. 5). Nothing shortens it."""


class LetterKind(StrEnum):
    """One template, one sample and one golden text each; decisions also per outcome and side."""

    DECISION = "decision"
    OUT_OF_SCOPE = "out_of_scope"
    WITHDRAWN = "withdrawn"
    NO_RESPONSE = "no_response"
    STATEMENT_OF_REASONS = "statement_of_reasons"
    NOTICE_REJECTED = "notice_rejected"
    COUNTER_RECEIVED = "counter_received"
    COUNTER_REJECTED = "counter_rejected"
    HOLD_NOTICE = "hold_notice"
    LEFT_TO_PARTIES = "left_to_parties"
    COUNTER_RECEIPT = "counter_receipt"
    COUNTER_FORWARDED = "counter_forwarded"
    RESTORATION = "restoration"
    KEPT_DOWN = "kept_down"
    EXCHANGE = "exchange"
    HOLD_ENDED = "hold_ended"
    WINDOW_STOPPED = "window_stopped"


COMPLAINANT, RESPONDENT = ("complainant",), ("respondent",)
BOTH_SIDES = COMPLAINANT + RESPONDENT
_ONE_SIDE: dict[LetterKind, tuple[str, ...]] = {
    LetterKind.NOTICE_REJECTED: COMPLAINANT,
    LetterKind.COUNTER_RECEIVED: COMPLAINANT,
    LetterKind.COUNTER_RECEIPT: RESPONDENT,
    LetterKind.COUNTER_FORWARDED: RESPONDENT,
    LetterKind.COUNTER_REJECTED: RESPONDENT,
}


def sides_of(kind: LetterKind) -> tuple[str, ...]:
    """The sides a kind may be written to."""
    return _ONE_SIDE.get(kind, BOTH_SIDES)


class LetterState(StrEnum):
    """LIFECYCLES, letter row. `numbered` holds a number for good: it is rendered or made void."""

    DRAFTED = "drafted"
    NUMBERED = "numbered"
    RENDERED = "rendered"
    SIGNED = "signed"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    VOID = "void"


DECISION_OUTCOMES = (
    "upheld",
    "partly_upheld",
    "not_upheld",
    "settled",
    "answered",
    "restored",
    "kept_down",
)

MOVES: dict[LetterState, frozenset[LetterState]] = {
    LetterState.DRAFTED: frozenset({LetterState.NUMBERED, LetterState.VOID}),
    LetterState.NUMBERED: frozenset({LetterState.RENDERED, LetterState.VOID}),
    LetterState.RENDERED: frozenset(
        {LetterState.SIGNED, LetterState.SENT, LetterState.BOUNCED, LetterState.VOID}
    ),
    LetterState.SIGNED: frozenset({LetterState.SENT, LetterState.BOUNCED, LetterState.VOID}),
    LetterState.SENT: frozenset({LetterState.DELIVERED, LetterState.BOUNCED}),
    LetterState.DELIVERED: frozenset(),
    LetterState.BOUNCED: frozenset({LetterState.SENT, LetterState.DELIVERED}),
    LetterState.VOID: frozenset(),
}

ISSUED = frozenset(
    {
        LetterState.RENDERED,
        LetterState.SIGNED,
        LetterState.SENT,
        LetterState.DELIVERED,
        LetterState.BOUNCED,
    }
)
"""States in which the printed bytes and their hash are stored."""

SETTLED = frozenset(
    {LetterState.SENT, LetterState.DELIVERED, LetterState.BOUNCED, LetterState.VOID}
)
"""States that no longer keep a case from completing: told, or marked as not reached."""


def can_move(start: LetterState, end: LetterState) -> bool:
    """True when the lifecycle of a letter has that step."""
    return end in MOVES[start]
