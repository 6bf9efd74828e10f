"""What somebody asks of parent events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.recompute.commands import AuditFiles


@dataclass(frozen=True, slots=True)
class KeepFaults:
    """Keep the faults that the audit of *files* found in a month. *inputs*, *control*: as a run keeps them."""

    audit_id: UUID
    files: AuditFiles
    inputs: Mapping[str, Any]
    control: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OpenCases:
    """Open the proposed cases. *version*: what was read."""

    event_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class DismissEvent:
    """No cases, for this reason. *version*: what was read."""

    event_id: UUID
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class PrepareCorrections:
    """Propose the corrections of all cases that are ready. *seen*: of what was previewed; *reasons*: for the artists."""

    event_id: UUID
    seen: str
    reasons: str
