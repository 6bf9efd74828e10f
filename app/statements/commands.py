"""What the house asks of statements: take in a file that was read whole, and what its lines mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.statements.rules.keys import Said
from app.statements.rules.mapping import Mapped


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one source and statement month, as they lie in the store.

    sums: currency → exact decimal as text. rows_hash: 32 hex digits, equal for the same lines in any order.
    """

    source: str
    statement_month: str
    object_key: str
    sha256: str
    size: int
    line_count: int
    sums: dict[str, str]
    sale_from: str
    sale_until: str
    rows_hash: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Lines of a file with one *key* that name a recording the catalogue does not have. *isrc*: canonical or empty.

    sums: currency → exact decimal as text. said: as the first of them says it.
    """

    key: str
    isrc: str
    said: Said
    line_count: int
    sums: dict[str, str]


@dataclass(frozen=True, slots=True)
class MatchRecording:
    """Lines that say what *unmatched_id* says mean this recording, in every file. *reason*: of who says so, may be empty."""

    import_id: UUID
    unmatched_id: UUID
    recording_id: UUID
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TakeMatchBack:
    """What a person said of the key of *unmatched_id* holds no more. *match_id*: what was looked at; *reason* may be empty."""

    import_id: UUID
    unmatched_id: UUID
    match_id: UUID
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SaveMapping:
    """What the columns of a file that waits mean, under a name. *asked*: what was said of this file alone."""

    upload_id: UUID
    mapped: Mapped
    name: str
    asked: dict[str, str]


@dataclass(frozen=True, slots=True)
class KeptFile:
    """Bytes under lock. *masked*: not the file itself, but its lines without personal data."""

    object_key: str
    object_version: str
    sha256: str
    size: int
    masked: bool
    retained_until: datetime


@dataclass(frozen=True, slots=True)
class MarkLines:
    """Mark lines of a part with a note. *lines*: as they lie there: (position, ISRC, store, territory, month of sale)."""

    import_id: UUID
    part_id: UUID
    lines: tuple[tuple[int, str, str, str, str], ...]
    note: str


@dataclass(frozen=True, slots=True)
class Unmark:
    """Take a mark back."""

    mark_id: UUID


@dataclass(frozen=True, slots=True)
class HandInStatement:
    """A file that lies in quarantine. *asked*: what the person says of it; *again*: see `ImportStatement`."""

    name: str
    size: int
    quarantine_key: str
    asked: dict[str, str]


@dataclass(frozen=True, slots=True)
class ImportStatement:
    """A file, read without a problem. *sha256*: of its bytes as they came. *asked*: what a person said of it.

    *again*: why lines that were imported before are taken again; empty: they are refused.
    """

    name: str
    sha256: str
    kept: KeptFile
    formats: tuple[str, ...]
    line_count: int
    parts: tuple[Part, ...]
    notes: tuple[dict[str, object], ...] = ()
    asked: dict[str, str] = field(default_factory=dict)
    again: str = ""
    unmatched: tuple[Unmatched, ...] = ()
