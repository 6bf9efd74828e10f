"""What became of a notice."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kernel.events import Event


@dataclass(frozen=True, slots=True)
class MailSent(Event):
    """A mail server took it. *subject_id*: what it was about."""

    kind: str
    subject_id: str


@dataclass(frozen=True, slots=True)
class MailFailed(Event):
    """It will not arrive. *others_open*: true when another recipient of the same notice may still be reached.

    *error*: refused_550, suppressed, no_longer_told, too_late … *mail_id*: the row, none in older events.
    """

    kind: str
    subject_id: str
    error: str
    others_open: bool
    mail_id: UUID | None = None
