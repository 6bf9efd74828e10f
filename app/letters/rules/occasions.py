"""Which letter leaves at which step of a case, to whom, and whether a person sends it.

The table is the whole truth: reactions write what stands here and nothing else. Steps are the moves of
the lifecycle, and three of other rooms: `decided` (a decision is confirmed, and its money approved),
`hold` (money is held) and `hold_ended` (it is held no longer). Sources: LIFECYCLES "effect"; DSA Art. 16(5), 17; 17 U.S.C. 512(g)(2).
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from app.letters.rules.kinds import BOTH_SIDES, COMPLAINANT, RESPONDENT, LetterKind


class How(StrEnum):
    """Who lets a letter go."""

    AUTOMATIC = "automatic"
    """Issued with the step. What lacks a part stays a draft, and a person completes it."""
    BY_HAND = "by_hand"
    """Drafted with the step from what is known; a person reads it, completes it and sends it."""


class Occasion(NamedTuple):
    """One row of the table.

    *outcome*, *to*: the row holds only with this outcome, or when the case then stands there.
    *joined*: the respondent gets it only when somebody of that side takes part; nobody learns of a
    case from the letter that it is over.
    """

    step: str
    kind: LetterKind
    sides: tuple[str, ...]
    how: How = How.AUTOMATIC
    outcome: str = ""
    to: str = ""
    joined: bool = False


DECIDED, HOLD, HOLD_ENDED = "decided", "hold", "hold_ended"
_K = LetterKind

OCCASIONS: tuple[Occasion, ...] = (
    Occasion("close_out_of_scope", _K.OUT_OF_SCOPE, BOTH_SIDES, joined=True),
    Occasion("withdraw", _K.WITHDRAWN, BOTH_SIDES, joined=True),
    Occasion("lapse", _K.NO_RESPONSE, BOTH_SIDES, to="closed", joined=True),
    Occasion(DECIDED, _K.DECISION, BOTH_SIDES),
    Occasion(HOLD, _K.HOLD_NOTICE, BOTH_SIDES),
    Occasion(HOLD_ENDED, _K.HOLD_ENDED, BOTH_SIDES),
    Occasion("start_exchange", _K.EXCHANGE, BOTH_SIDES),
    Occasion("leave_to_parties", _K.LEFT_TO_PARTIES, BOTH_SIDES, How.BY_HAND),
    Occasion("accept_notice", _K.STATEMENT_OF_REASONS, BOTH_SIDES),
    Occasion("restrict", _K.STATEMENT_OF_REASONS, RESPONDENT),
    Occasion("reject_notice", _K.NOTICE_REJECTED, COMPLAINANT),
    Occasion("counter", _K.COUNTER_RECEIPT, RESPONDENT),
    Occasion("accept_counter", _K.COUNTER_RECEIVED, COMPLAINANT),
    Occasion("accept_counter", _K.COUNTER_FORWARDED, RESPONDENT),
    Occasion("reject_counter", _K.COUNTER_REJECTED, RESPONDENT),
    Occasion("court_notice", _K.WINDOW_STOPPED, BOTH_SIDES),
    Occasion("retract", _K.RESTORATION, BOTH_SIDES),
    Occasion("restore", _K.RESTORATION, BOTH_SIDES),
    Occasion("order_received", _K.RESTORATION, BOTH_SIDES, outcome="restored"),
    Occasion("order_received", _K.KEPT_DOWN, BOTH_SIDES, outcome="kept_down"),
    Occasion("uncontested", _K.KEPT_DOWN, BOTH_SIDES),
)
"""A hold and its end write to the side whose money it is, one of the two; every other row to all of its sides."""

_TAKEDOWN = (
    _K.STATEMENT_OF_REASONS,
    _K.NOTICE_REJECTED,
    _K.COUNTER_RECEIVED,
    _K.COUNTER_FORWARDED,
    _K.COUNTER_REJECTED,
    _K.WINDOW_STOPPED,
    _K.RESTORATION,
    _K.KEPT_DOWN,
)
STARTED_BY_HAND: dict[str, tuple[LetterKind, ...]] = {
    "takedown": (_K.HOLD_NOTICE, *_TAKEDOWN),
    "payout": (_K.HOLD_NOTICE,),
    "rights_claim": (_K.HOLD_NOTICE, _K.EXCHANGE),
    "support": (),
}
"""Kinds that a person may also begin on the page of a case, by kind of case: where a step did not."""

SPAM = "spam"
"""A case closed for this reason gets no letter."""


def occasions(step: str, *, to: str = "", outcome: str = "") -> tuple[Occasion, ...]:
    """The rows of a step that led to the state *to* with *outcome*."""
    return tuple(
        row
        for row in OCCASIONS
        if row.step == step and row.outcome in ("", outcome) and row.to in ("", to)
    )
