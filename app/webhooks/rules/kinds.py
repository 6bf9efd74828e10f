"""What an endpoint can be told, and which identifiers travel with it. Nothing but identifiers ever does."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The `type` of a delivery."""

    CASE_FILED = "case.filed"
    CASE_MOVED = "case.moved"
    MESSAGE_SENT = "message.sent"
    REQUEST_ASKED = "request.asked"
    REQUEST_ANSWERED = "request.answered"
    EVIDENCE_RECEIVED = "evidence.received"
    EVIDENCE_SHARED = "evidence.shared"
    DECISION_CONFIRMED = "decision.confirmed"
    LETTER_ISSUED = "letter.issued"
    HOLD_PLACED = "hold.placed"
    HOLD_RELEASED = "hold.released"
    CORRECTION_APPROVED = "correction.approved"
    CORRECTION_ACKNOWLEDGED = "correction.acknowledged"
    BATCH_EXPORTED = "batch.exported"
    PING = "ping"


CHOOSABLE = tuple(kind for kind in Kind if kind is not Kind.PING)
"""What an endpoint may ask for; a ping comes when somebody presses for one."""

IDS: dict[Kind, tuple[str, ...]] = {
    Kind.CASE_FILED: ("case",),
    Kind.CASE_MOVED: ("case",),
    Kind.MESSAGE_SENT: ("case", "message"),
    Kind.REQUEST_ASKED: ("case", "request"),
    Kind.REQUEST_ANSWERED: ("case", "request"),
    Kind.EVIDENCE_RECEIVED: ("case", "evidence"),
    Kind.EVIDENCE_SHARED: ("case", "evidence"),
    Kind.DECISION_CONFIRMED: ("case", "decision"),
    Kind.LETTER_ISSUED: ("case", "letter"),
    Kind.HOLD_PLACED: ("case", "hold"),
    Kind.HOLD_RELEASED: ("case", "hold"),
    Kind.CORRECTION_APPROVED: ("case", "correction"),
    Kind.CORRECTION_ACKNOWLEDGED: ("case", "correction"),
    Kind.BATCH_EXPORTED: ("batch",),
    Kind.PING: ("endpoint",),
}
"""The names in `data`, exactly these."""
