"""What a room or a journey asks to be told or sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.notifications.rules import MailKind, Quiet


@dataclass(frozen=True, slots=True)
class QueueMail:
    """One message to one address. *subject_id* with kind and address makes it unique for good.

    *quiet*: hours in which it waits; None for what may not wait.
    """

    kind: MailKind
    subject_id: str
    address: str
    language: str
    values: Mapping[str, Any] = field(default_factory=dict)
    case_id: UUID | None = None
    person_id: UUID | None = None
    quiet: Quiet | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """One notice to one recipient: in their list when they have an account, and by mail as they chose.

    *mail* False: somebody else's mail says it already.
    """

    kind: MailKind
    subject_id: str
    address: str
    language: str
    zone: str
    values: dict[str, str] = field(default_factory=dict)
    case_id: UUID | None = None
    person_id: UUID | None = None
    mail: bool = True


@dataclass(frozen=True, slots=True)
class SaveChoices:
    """What somebody chose. *mail*: by kind. *version*: what was read; 0 for the first choice.

    *quiet_from*, *quiet_to*: minutes of the local day, both or none. *zone*: empty for the own one.
    """

    mail: dict[str, bool]
    digest: bool = False
    quiet_from: int | None = None
    quiet_to: int | None = None
    zone: str = ""
    version: int = 0
