"""Which recordings of the catalogue a line without one may mean, the surest first. A person says which; nothing is taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.catalogue.rules.alike import Alike
from app.catalogue.rules.search import folded
from app.statements.rules.keys import Said, possible_isrcs, possible_upc

MOST = 5
"""Suggestions of one line."""


class Why(StrEnum):
    """What speaks for a suggestion."""

    ISRC = "isrc"
    UPC = "upc"
    NAMES = "names"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A recording and why it may be meant."""

    recording: Alike
    why: Why


def suggested(said: Said, candidates: Iterable[Alike]) -> tuple[Suggestion, ...]:
    """Each recording once, by what speaks for it most: its ISRC, its release and title, its title and artist."""
    every = list(candidates)
    isrcs, upc = possible_isrcs(said.isrc), possible_upc(said.upc)
    title, artist = folded(said.title), folded(said.artist)
    on_release = {one.id for one in every if upc and one.upc == upc}
    found: dict[UUID, Suggestion] = {}
    for why in Why:
        for one in every:
            fits = {
                Why.ISRC: one.isrc in isrcs,
                Why.UPC: one.id in on_release and (title in one.names or len(on_release) == 1),
                Why.NAMES: bool(artist) and title in one.names and artist in one.search,
            }
            if fits[why]:
                found.setdefault(one.id, Suggestion(one, why))
    return tuple(found.values())[:MOST]
