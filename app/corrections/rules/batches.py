"""The batch's states, and what an acknowledgement must name.

Source: LIFECYCLES "batch": open, locked, exported, acknowledged; cancelled by a reversing batch, which
alone frees its lines. A locked batch never changes.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

from app.kernel.errors import Invalid, Refused
from app.kernel.words import words as _


class BatchState(StrEnum):
    """Where a batch stands."""

    OPEN = "open"
    LOCKED = "locked"
    EXPORTED = "exported"
    ACKNOWLEDGED = "acknowledged"
    CANCELLED = "cancelled"


class BatchEvent(StrEnum):
    """What may happen to a batch."""

    LOCK = "lock"
    EXPORT = "export"
    ACKNOWLEDGE = "acknowledge"
    CANCEL = "cancel"


class BatchTransition(NamedTuple):
    """One row of the table."""

    source: BatchState
    event: BatchEvent
    target: BatchState


BATCH_TRANSITIONS: tuple[BatchTransition, ...] = (
    BatchTransition(BatchState.OPEN, BatchEvent.LOCK, BatchState.LOCKED),
    BatchTransition(BatchState.LOCKED, BatchEvent.EXPORT, BatchState.EXPORTED),
    BatchTransition(BatchState.EXPORTED, BatchEvent.ACKNOWLEDGE, BatchState.ACKNOWLEDGED),
    BatchTransition(BatchState.LOCKED, BatchEvent.CANCEL, BatchState.CANCELLED),
    BatchTransition(BatchState.EXPORTED, BatchEvent.CANCEL, BatchState.CANCELLED),
)


class Purpose(StrEnum):
    """What a file of a batch is for; a batch has one of each at most."""

    BOOKS = "books"
    PAYS = "pays"


class AckResult(StrEnum):
    """What the ledger said about one correction of a batch."""

    POSTED = "posted"
    MISMATCH = "mismatch"
    RETURNED = "returned"


def next_batch_state(state: BatchState, event: BatchEvent) -> BatchState:
    """Where *event* leads from *state*; `Refused` with what is possible instead."""
    for row in BATCH_TRANSITIONS:
        if row.source is state and row.event is event:
            return row.target
    raise Refused(
        "batch_state",
        _(
            "A batch in the state “%(state)s” does not allow “%(event)s”.",
            state=state,
            event=event,
        ),
        allowed=tuple(row.event for row in BATCH_TRANSITIONS if row.source is state),
    )


def state_after_file(state: BatchState, *, has_other: bool) -> BatchState:
    """Where a batch stands when one more file of it leaves: the first exports it, one of the other purpose moves nothing.

    Raises Refused for a batch that is open or cancelled.
    """
    if has_other and state in {BatchState.EXPORTED, BatchState.ACKNOWLEDGED}:
        return state
    return next_batch_state(state, BatchEvent.EXPORT)


def content_changed() -> Refused:
    """What an export says of rows that were changed behind the database's back."""
    return Refused("content_changed", _("The frozen rows of this batch are not what was locked."))


def check_lockable(line_count: int) -> None:
    """An empty batch is not locked: there is nothing to hand over."""
    if line_count == 0:
        raise Refused("empty_batch", _("This batch has no corrections yet."))


def check_cancellable(state: BatchState, *, is_reversing: bool, is_pending: bool) -> None:
    """Pass when a batch may be turned back: closed, not acknowledged, not itself a reversal, not being cancelled."""
    if is_reversing:
        raise Refused(
            "is_reversing_batch",
            _("A reversing batch is not turned back itself. Take the cancellation back instead."),
        )
    if state is BatchState.OPEN:
        raise Refused(
            "open_batch", _("An open batch has not been closed; there is nothing to cancel.")
        )
    check_not_being_cancelled(is_pending or None)
    next_batch_state(state, BatchEvent.CANCEL)


def check_not_being_cancelled(pending: object) -> None:
    """Pass when no reversing batch waits: *pending* is that batch, or None."""
    if pending is not None:
        raise Refused(
            "being_cancelled",
            _("Somebody asked to cancel this batch. Finish that first, or take it back."),
        )


def check_never_left(state: BatchState) -> None:
    """Pass while nothing left the house; what was exported is turned back by a file."""
    if state is not BatchState.LOCKED:
        raise Refused(
            "has_left",
            _(
                "The file of this batch has left. Export the reversing batch and enter the ledger's answer."
            ),
        )


def is_repeated_ack(state: BatchState, stored_reference: str | None, reference: str) -> bool:
    """True when the same acknowledgement came before: nothing to do (B102). Another one is refused."""
    if state is not BatchState.ACKNOWLEDGED:
        return False
    if stored_reference != reference:
        raise Refused(
            "acknowledged_before",
            _(
                "This batch was acknowledged as “%(reference)s”.",
                reference=stored_reference or "",
            ),
        )
    return True


def check_ack(reference: str, *, file_hashes: Collection[str], named_sha256: str) -> None:
    """The acknowledgement names a file of the batch that left; another or older one is refused (B102)."""
    if not reference.strip():
        raise Invalid(
            "reference",
            "required",
            _("Enter the reference your ledger gave the import."),
        )
    if named_sha256.strip().lower() not in file_hashes:
        raise Refused(
            "other_file",
            _("The hash is not that of this batch's file. Check which file was imported."),
        )
