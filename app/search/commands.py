"""What a room hands in to be found by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.kernel.sides import Disclosure, Side


class Subject(StrEnum):
    """Kinds of things that can be found. A note is a message that no party ever sees."""

    CASE = "case"
    FILING = "filing"
    PARTY = "party"
    CONTACT = "contact"
    MESSAGE = "message"
    NOTE = "note"
    EVIDENCE = "evidence"
    LETTER = "letter"
    RELEASE = "release"
    RECORDING = "recording"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing with the words it is found by. *title* and *body* are shown; *more* is found, not shown.

    *names*: people and artists, for a fuzzy look. *idents*: identifiers and addresses as they are.
    Things of the catalogue have no case and belong to the desk.
    """

    subject: Subject
    id: UUID
    case_id: UUID | None
    side: Side
    disclosure: Disclosure
    title: str
    at: datetime
    body: str = ""
    more: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    idents: tuple[str | None, ...] = ()
