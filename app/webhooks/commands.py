"""What people ask of webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.webhooks.rules.kinds import Kind


@dataclass(frozen=True, slots=True)
class CreateEndpoint:
    """Call *url* when something of *kinds* happens that *person_id* may see."""

    person_id: UUID
    url: str
    kinds: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class ChangeEndpoint:
    """Another address or other kinds. *version*: of what was read."""

    endpoint_id: UUID
    url: str
    kinds: frozenset[Kind]
    version: int


@dataclass(frozen=True, slots=True)
class Announce:
    """Something happened: *data* holds the identifiers of its kind, *case_id* the case if there is one."""

    event_id: UUID
    kind: Kind
    case_id: UUID | None
    data: dict[str, str]
    happened_at: datetime
