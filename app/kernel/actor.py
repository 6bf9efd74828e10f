"""Who is acting: a plain value resolved once per face and handed down to every service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final
from uuid import UUID

ANYBODY: Final = UUID("0f4e2c7a-91d3-4b0e-8a55-a6d2c1e87f39")
"""Stands for the person who asks in a statement that is built once for all of the same roles; nobody has this id."""


class Role(StrEnum):
    """What a person may do in the house; what they may see of a case is a relation, not a role."""

    ARTIST = "artist"
    AGENT = "agent"
    REVIEWER = "reviewer"
    LEAD = "lead"
    FINANCE_PREPARER = "finance_preparer"
    FINANCE_APPROVER = "finance_approver"
    ADMIN = "admin"
    AUDITOR = "auditor"


STAFF_ROLES = frozenset(
    {Role.AGENT, Role.REVIEWER, Role.LEAD, Role.FINANCE_PREPARER, Role.FINANCE_APPROVER}
)


class ActorKind(StrEnum):
    """Person, the system itself (a job, the command line), or nobody signed in."""

    PERSON = "person"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Actor:
    """The user or system acting now. *proven_at*: when a second factor was last proven, aware UTC.

    *token_id*: the bearer token that asks in the person's name, if one does.
    """

    kind: ActorKind
    person_id: UUID | None
    name: str
    roles: frozenset[Role] = frozenset()
    session_id: UUID | None = None
    proven_at: datetime | None = None
    locale: str = "en"
    zone: str = "UTC"
    token_id: UUID | None = None

    @classmethod
    def system(cls, name: str) -> Actor:
        """The system under a name such as `job:clocks.sweep` or `cli:migrate`."""
        return cls(ActorKind.SYSTEM, None, f"system:{name}")

    @classmethod
    def anonymous(cls) -> Actor:
        """Nobody signed in."""
        return cls(ActorKind.ANONYMOUS, None, "anonymous")

    @property
    def alike(self) -> Actor:
        """Whoever has the same roles, without id, name and session: what is built for them serves each of them."""
        return _alike(self.kind, self.roles, self.person_id is None)

    @property
    def is_system(self) -> bool:
        """True for jobs and the command line."""
        return self.kind is ActorKind.SYSTEM

    @property
    def is_person(self) -> bool:
        """True for somebody signed in."""
        return self.kind is ActorKind.PERSON

    @property
    def is_staff(self) -> bool:
        """Works cases or money. Admin and auditor are not staff: they hold no case."""
        return bool(self.roles & STAFF_ROLES)

    def has(self, *roles: Role) -> bool:
        """True when the actor holds any of *roles*."""
        return bool(self.roles.intersection(roles))


@lru_cache(1024)
def _alike(kind: ActorKind, roles: frozenset[Role], is_nobody: bool) -> Actor:  # noqa: FBT001
    return Actor(kind, None if is_nobody else ANYBODY, "", roles)
