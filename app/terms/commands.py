"""What the house asks of the terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from app.terms.rules.reading import Line
from app.terms.rules.rows import Row, Table


class Way(StrEnum):
    """How a change came in."""

    FILE = "file"
    FORM = "form"
    API = "api"


class Lines(Protocol):
    """Every line of a file, kept where it takes no memory."""

    def together(self) -> Iterator[list[Line]]:
        """Some at a time, all of one recording (payee, contract, month) in one list, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class ImportTerms:
    """A file that was read. *sha256*: of its bytes. *unsaid*: columns it has not; what is stored there stays.

    *seen*: number of the newest change when somebody looked at what the file changes; None when nobody did.
    """

    table: Table
    name: str
    sha256: str
    lines: Lines
    unsaid: frozenset[str] = frozenset()
    way: Way = Way.FILE
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class AddRow:
    """One row more; what it contradicts is refused. *reason*: why, for history."""

    row: Row
    reason: str
    way: Way = Way.FORM


@dataclass(frozen=True, slots=True)
class EndRow:
    """A row holds no more. *reason*: why, for history."""

    table: Table
    row_id: UUID
    reason: str
    way: Way = Way.FORM
