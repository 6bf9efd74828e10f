"""What people ask of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.accounts.rules import PersonStatus, Scope, Theme
from app.kernel.actor import Role


@dataclass(frozen=True, slots=True)
class CreatePerson:
    """An account that can sign in by e-mail at once (parties, demo, command line)."""

    email: str
    name: str
    roles: frozenset[Role]
    locale: str = "en"
    zone: str = "UTC"
    status: PersonStatus = PersonStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class InviteStaff:
    """A member of staff who sets a password through a link sent to *email*."""

    email: str
    name: str
    roles: frozenset[Role]
    locale: str = "en"
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class ChangeRoles:
    """Exactly *roles* from now on."""

    person_id: UUID
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class UpdateProfile:
    """What people say about themselves."""

    name: str
    locale: str
    zone: str
    theme: Theme
    version: int


@dataclass(frozen=True, slots=True)
class Delegate:
    """*delegate_id* may act for *principal_id* from *starts_at* to *ends_at* (open when None)."""

    principal_id: UUID
    delegate_id: UUID
    starts_at: datetime
    ends_at: datetime | None = None
    capability: str = "act"
    relation: str = "other"


@dataclass(frozen=True, slots=True)
class InviteDelegate:
    """Ask the owner of *email* to act (or only read) for the one who asks. *relation*: who they are to them."""

    email: str
    starts_at: datetime
    ends_at: datetime
    capability: str = "act"
    relation: str = "other"


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser after a proof of identity. *device* and *ip* are shown to the owner."""

    person_id: UUID
    enrolling: bool = False
    device: str = ""
    ip: str | None = None


@dataclass(frozen=True, slots=True)
class KeepPanes:
    """How wide the panes of a case are. *facts*, *evidence*: CSS pixels."""

    facts: int
    evidence: int


@dataclass(frozen=True, slots=True)
class CreateToken:
    """A bearer token of *person_id* for the API, good for *days*."""

    person_id: UUID
    name: str
    scopes: frozenset[Scope]
    days: int
