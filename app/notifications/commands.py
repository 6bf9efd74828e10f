"""What a room or a journey asks to be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from app.notifications.rules import MailKind


@dataclass(frozen=True, slots=True)
class QueueMail:
    """One message to one address. *subject_id* with kind and address makes it unique for good."""

    kind: MailKind
    subject_id: str
    address: str
    language: str
    values: dict[str, str] = field(default_factory=dict)
    case_id: UUID | None = None
    person_id: UUID | None = None
