"""What somebody asks of lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.queues.rules.bulk import BulkAct, Planned
from app.queues.rules.columns import Column, Density
from app.queues.rules.views import Reach


@dataclass(frozen=True, slots=True)
class SaveView:
    """Keep a filter under a name. *query*: as the address has it."""

    name: str
    query: str
    reach: Reach = Reach.OWN
    icon: str = "bookmark"


@dataclass(frozen=True, slots=True)
class ChangeView:
    """Rename, share or re-aim a view; None leaves a part as it is. *version*: what was read."""

    view_id: UUID
    version: int
    name: str | None = None
    query: str | None = None
    icon: str | None = None
    reach: Reach | None = None


@dataclass(frozen=True, slots=True)
class ChangeTag:
    """Rename a word, retire it or bring it back."""

    tag_id: UUID
    version: int
    name: str | None = None
    is_retired: bool | None = None


@dataclass(frozen=True, slots=True)
class TagCase:
    """Put a word on a case or take it off."""

    case_id: UUID
    tag_id: UUID


@dataclass(frozen=True, slots=True)
class KeepPreference:
    """Columns and density of one's own lists."""

    columns: tuple[Column, ...]
    density: Density


@dataclass(frozen=True, slots=True)
class KeepShortcuts:
    """One's own keys: every act with its chord as typed, and whether keys without Control work at all."""

    single: bool
    chords: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlanRun:
    """A bulk act as it was looked at: what becomes of each case. *given*: JSON values."""

    act: BulkAct
    given: dict[str, Any]
    rows: tuple[Planned, ...]
    query: str = ""
