"""Which recordings of the catalogue a line without one may mean, the surest first. A person says which; nothing is taken."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.catalogue.rules.alike import Alike
from app.catalogue.rules.search import folded
from app.statements.rules.keys import Said, possible_isrcs, possible_upc

MOST = 5
"""Suggestions of one line."""
UPC_LENGTHS = frozenset({8, 12, 13, 14})
"""Digits with which a UPC is written whole. Source: GS1, the lengths of a GTIN."""


class Why(StrEnum):
    """What speaks for a suggestion."""

    ISRC = "isrc"
    UPC = "upc"
    NAMES = "names"


class How(StrEnum):
    """How it was compared."""

    SAME = "same"
    REWRITTEN = "rewritten"
    PADDED = "padded"
    FOLDED = "folded"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A recording and why it may be meant.

    *how*: `SAME` as it stands; `REWRITTEN` an ISRC with hyphens, small letters or another code taken away; `PADDED` a UPC
    with its zeros put back; `FOLDED` names without case and accents.
    """

    recording: Alike
    why: Why
    how: How


def suggested(said: Said, candidates: Iterable[Alike]) -> tuple[Suggestion, ...]:
    """Each recording once, by what speaks for it most: its ISRC, its release and title, its title and artist."""
    return tuple(_speaking(said, candidates).values())[:MOST]


def ground_of(said: Said, candidates: Iterable[Alike], isrc: str) -> Suggestion | None:
    """What speaks for the recording of *isrc*; None when nothing does but a person's word."""
    found = _speaking(said, candidates).values()
    return next((one for one in found if one.recording.isrc == isrc), None)


def _speaking(said: Said, candidates: Iterable[Alike]) -> dict[UUID, Suggestion]:
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
                found.setdefault(one.id, Suggestion(one, why, _how(said, one, why)))
    return found


def _how(said: Said, one: Alike, why: Why) -> How:
    if why is Why.ISRC:
        return How.SAME if said.isrc.strip() == one.isrc else How.REWRITTEN
    if why is Why.UPC:
        return How.SAME if len(re.sub(r"\D", "", said.upc)) in UPC_LENGTHS else How.PADDED
    exact = said.title.strip() in {one.title, f"{one.title} {one.version}"}
    return How.SAME if exact and said.artist.strip() == one.artist else How.FOLDED
