"""The correction's states as a table, and the one function that walks it.

Source: LIFECYCLES "correction": proposed, approved_once (above the limit), approved, posted, batched,
exported, acknowledged, mismatch, returned; cancelled before posting; after posting only reversed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from app.kernel.errors import Refused
from app.kernel.words import words as _


class CorrectionState(StrEnum):
    """Where a correction stands."""

    PROPOSED = "proposed"
    APPROVED_ONCE = "approved_once"
    APPROVED = "approved"
    POSTED = "posted"
    BATCHED = "batched"
    EXPORTED = "exported"
    ACKNOWLEDGED = "acknowledged"
    MISMATCH = "mismatch"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class CorrectionEvent(StrEnum):
    """What may happen to a correction."""

    REVISE = "revise"
    APPROVE = "approve"
    CANCEL = "cancel"
    POST = "post"
    BATCH = "batch"
    UNBATCH = "unbatch"
    EXPORT = "export"
    ACKNOWLEDGE = "acknowledge"
    MISMATCH = "mismatch"
    RETURN = "return"


class Second(StrEnum):
    """Whether a row holds only where a second approver is needed, only where not, or always."""

    NEEDED = "needed"
    NOT_NEEDED = "not_needed"
    ANY = "any"


class CorrectionTransition(NamedTuple):
    """One row of the table."""

    source: CorrectionState
    event: CorrectionEvent
    target: CorrectionState
    second: Second = Second.ANY


_S, _E = CorrectionState, CorrectionEvent

CORRECTION_TRANSITIONS: tuple[CorrectionTransition, ...] = (
    CorrectionTransition(_S.PROPOSED, _E.REVISE, _S.PROPOSED),
    CorrectionTransition(_S.APPROVED_ONCE, _E.REVISE, _S.PROPOSED),
    CorrectionTransition(_S.PROPOSED, _E.APPROVE, _S.APPROVED_ONCE, Second.NEEDED),
    CorrectionTransition(_S.PROPOSED, _E.APPROVE, _S.APPROVED, Second.NOT_NEEDED),
    CorrectionTransition(_S.APPROVED_ONCE, _E.APPROVE, _S.APPROVED),
    CorrectionTransition(_S.PROPOSED, _E.CANCEL, _S.CANCELLED),
    CorrectionTransition(_S.APPROVED_ONCE, _E.CANCEL, _S.CANCELLED),
    CorrectionTransition(_S.APPROVED, _E.CANCEL, _S.CANCELLED),
    CorrectionTransition(_S.APPROVED, _E.POST, _S.POSTED),
    CorrectionTransition(_S.POSTED, _E.BATCH, _S.BATCHED),
    CorrectionTransition(_S.BATCHED, _E.UNBATCH, _S.POSTED),
    CorrectionTransition(_S.EXPORTED, _E.UNBATCH, _S.POSTED),
    CorrectionTransition(_S.BATCHED, _E.EXPORT, _S.EXPORTED),
    CorrectionTransition(_S.EXPORTED, _E.ACKNOWLEDGE, _S.ACKNOWLEDGED),
    CorrectionTransition(_S.EXPORTED, _E.MISMATCH, _S.MISMATCH),
    CorrectionTransition(_S.EXPORTED, _E.RETURN, _S.RETURNED),
    CorrectionTransition(_S.MISMATCH, _E.ACKNOWLEDGE, _S.ACKNOWLEDGED),
    CorrectionTransition(_S.MISMATCH, _E.RETURN, _S.RETURNED),
)

AWAITING = frozenset({_S.PROPOSED, _S.APPROVED_ONCE})
"""Waits for an approver."""

ON_THE_LEDGER = frozenset(
    {_S.POSTED, _S.BATCHED, _S.EXPORTED, _S.ACKNOWLEDGED, _S.MISMATCH, _S.RETURNED}
)
"""Has postings: changed only by a reversing correction."""

FINISHED = frozenset({_S.ACKNOWLEDGED, _S.CANCELLED})
"""Nothing more is expected of anybody."""


def next_state(
    state: CorrectionState, event: CorrectionEvent, *, needs_second: bool = False
) -> CorrectionState:
    """Where *event* leads from *state*; `Refused` with what is possible instead."""
    unwanted = Second.NOT_NEEDED if needs_second else Second.NEEDED
    for row in CORRECTION_TRANSITIONS:
        if row.source is state and row.event is event and row.second is not unwanted:
            return row.target
    raise Refused(
        "correction_state",
        _(
            "A correction in the state “%(state)s” does not allow “%(event)s”.",
            state=state,
            event=event,
        ),
        allowed=tuple(
            dict.fromkeys(row.event.value for row in CORRECTION_TRANSITIONS if row.source is state)
        ),
    )


def check_reversal(state: CorrectionState, *, is_reversal: bool, reversed_already: bool) -> None:
    """Pass when a correction may be reversed: posted, not itself a reversal, not reversed yet (B099)."""
    if is_reversal:
        raise Refused(
            "is_reversal",
            _("A reversal is not reversed. Propose a new correction on the decision."),
        )
    if reversed_already:
        raise Refused(
            "already_reversed",
            _("This correction has a reversal. Propose a new correction on the decision."),
        )
    if state not in ON_THE_LEDGER:
        raise Refused(
            "not_posted",
            _("Only a posted correction is reversed; one that is not posted is cancelled."),
        )
