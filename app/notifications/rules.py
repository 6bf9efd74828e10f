"""Pure rules of notices: kinds, which of them are secret or resent, the limit per recipient, stable ids."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum


class MailKind(StrEnum):
    """One folder of templates each. Mails carry the reference and what to do, never what a case says."""

    SIGN_IN_CODE = "sign_in_code"
    STAFF_INVITE = "staff_invite"
    ACCOUNT_NOTICE = "account_notice"
    ACKNOWLEDGEMENT = "acknowledgement"
    REQUEST_ASKED = "request_asked"
    REQUEST_REMINDER = "request_reminder"
    MESSAGE_RECEIVED = "message_received"
    LETTER_READY = "letter_ready"
    DECISION_READY = "decision_ready"
    CASE_CLOSED = "case_closed"
    PARTY_INVITE = "party_invite"


class MailState(StrEnum):
    """claimed: somebody is sending it now. unknown: it may have arrived; a person looks (I10)."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"


SECRET = frozenset({MailKind.SIGN_IN_CODE, MailKind.STAFF_INVITE})
"""Their values open an account; they are wiped when the sending has ended."""

HELD_FOR_CHECK = frozenset({MailKind.LETTER_READY, MailKind.DECISION_READY})
"""An unknown outcome is shown to the desk and never resent by itself: a deadline hangs on them."""

LIMIT = 10
WINDOW = timedelta(hours=1)


def resends_by_itself(kind: MailKind) -> bool:
    """True when an unknown outcome is tried once more under the same Message-ID."""
    return kind not in HELD_FOR_CHECK


def due_under_limit(recent: Sequence[datetime], now: datetime) -> datetime:
    """When the next mail to a recipient may leave: ten an hour. *recent*: due times of earlier ones."""
    inside = sorted(at for at in recent if at > now - WINDOW)
    return now if len(inside) < LIMIT else inside[-LIMIT] + WINDOW


def stable_id(kind: MailKind, subject_id: str, address: str, host: str) -> str:
    """Message-ID (without brackets): one per kind, subject and recipient, so receivers can drop a repeat."""
    digest = hashlib.sha256(f"{kind}\0{subject_id}\0{address.lower()}".encode()).hexdigest()
    return f"{digest[:40]}@{host}"
