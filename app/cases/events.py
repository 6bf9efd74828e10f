"""What happened to a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.kernel.events import Event


@dataclass(frozen=True, slots=True)
class CaseSubmitted(Event):
    """A draft was filed and got its reference: acknowledge it."""

    ref: str
    kind: str
    sub_kind: str


@dataclass(frozen=True, slots=True)
class CaseMoved(Event):
    """A case made a move of the table. *by*: person, system or anonymous."""

    transition_id: UUID
    event: str
    from_state: str
    to_state: str
    round: int
    outcome: str | None
    by: str


@dataclass(frozen=True, slots=True)
class CaseAssigned(Event):
    """A case has a new owner, or none."""

    owner_id: UUID | None


@dataclass(frozen=True, slots=True)
class CaseFlagged(Event):
    """The desk should look again. *why*: a slug."""

    why: str


@dataclass(frozen=True, slots=True)
class DraftDeleted(Event):
    """A draft was discarded or expired: what hangs on it can be purged. *told*: whom to tell."""

    told: UUID | None
    expired: bool


@dataclass(frozen=True, slots=True)
class MemberAdded(Event):
    """A person may act on a side from now on."""

    person_id: UUID
    side: str


@dataclass(frozen=True, slots=True)
class MemberRevoked(Event):
    """A person lost their sight of the case."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class DeadlineNear(Event):
    """A clock is at half time or a day before its end. *side*: who must move."""

    clock_id: UUID
    clock_kind: str
    side: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DeadlinePassed(Event):
    """A clock ended without its act. *late_by*: seconds between its end and the record."""

    clock_id: UUID
    clock_kind: str
    side: str
    due_at: datetime
    late_by: int


@dataclass(frozen=True, slots=True)
class DeadlineAlarm(Event):
    """A statutory window opens or closes soon, or an overdue clock is still open. *which*: a slug."""

    clock_id: UUID
    clock_kind: str
    which: str
    due_at: datetime
