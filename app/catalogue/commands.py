"""What somebody asks of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.catalogue.rules.subjects import Pick
from app.catalogue.rules.table import Line
from app.kernel.sides import Side


@dataclass(frozen=True, slots=True)
class ImportCatalogue:
    """Take the lines of one file. *name* and *sha256* tell later which file it was."""

    name: str
    sha256: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class HoldArtist:
    """From now on the account has the artist's catalogue."""

    artist_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class LetArtistGo:
    """The account no longer has it; its sight ends at once."""

    artist_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class OtherSubject:
    """Something that is not in the catalogue, in the artist's words; identifiers canonical or empty."""

    title: str
    artist: str = ""
    isrc: str = ""
    upc: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class ChooseSubjects:
    """What the case is about from now on: these picks, and the other one when it is named."""

    case_id: UUID
    side: Side
    picks: tuple[Pick, ...]
    other: OtherSubject | None = None
