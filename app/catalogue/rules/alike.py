"""A recording that somebody's words may mean, with what they are compared to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Alike:
    """A recording on one release. *upc*: 14 digits; *names*: its title with and without version, folded; *search*:
    what its release is found by, folded.
    """

    id: UUID
    isrc: str
    title: str
    version: str
    artist: str
    upc: str
    release: str
    names: frozenset[str]
    search: str
