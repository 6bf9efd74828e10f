"""Saved views: whose they are, what they may be called, what reads hand on."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.cases.rules.kinds import Kind, Outcome, State, SubKind
from app.queues.rules.columns import STANDARD, Column, Density

ICONS = (
    "bookmark", "circle-alert", "message-square", "scale", "hourglass", "gavel", "users", "triangle-alert", "flag",
    "inbox", "eye", "clock", "wallet", "search", "layers", "calendar",
)  # fmt: skip
"""Icons that a queue may carry."""
MOST_OWN = 30
MOST_NAME = 60


class Reach(StrEnum):
    """Who has the view in the navigation: its owner, the whole desk by a lead, or the desk as a queue."""

    OWN = "own"
    TEAM = "team"
    QUEUE = "queue"


def slug_of(name: str, word: str) -> str:
    """A readable word for the address; *word* is random, so that nobody guesses another's view."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    short = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    return f"{short or 'view'}-{word}"


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view or queue. *query*: canonical filter, with `sort` when it is not by deadline."""

    id: UUID
    slug: str
    name: str
    query: str
    reach: Reach
    icon: str
    position: int
    version: int
    owner_id: UUID
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class TagRow:
    """A word of the desk. *used*: on how many cases."""

    id: UUID
    name: str
    version: int
    is_retired: bool = False
    used: int = 0


@dataclass(frozen=True, slots=True)
class Preference:
    """How a person likes their lists."""

    columns: tuple[Column, ...] = STANDARD
    density: Density = Density.COMFORTABLE


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a list."""

    id: UUID
    ref: str
    kind: Kind
    sub_kind: SubKind
    state: State
    outcome: Outcome | None
    version: int
    title: str
    artist: str
    attention: str | None
    owner_id: UUID | None
    owner: str
    due_at: datetime | None
    due_kind: str | None
    opened_at: datetime
    updated_at: datetime
    language: str
    country: str | None
    store: str | None
    channel: str
    amount: Decimal | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """How many cases a filter finds, by nearness. *soon*: due today. *many*: there are more than were counted."""

    all: int
    late: int
    soon: int
    week: int
    many: bool = False
