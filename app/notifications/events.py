"""What became of a notice."""

from __future__ import annotations

from dataclasses import dataclass

from app.kernel.events import Event


@dataclass(frozen=True, slots=True)
class MailSent(Event):
    """A mail server took it. *subject_id*: what it was about."""

    kind: str
    subject_id: str


@dataclass(frozen=True, slots=True)
class MailFailed(Event):
    """It will not arrive. *others_open*: true when another recipient of the same notice may still be reached."""

    kind: str
    subject_id: str
    error: str
    others_open: bool
