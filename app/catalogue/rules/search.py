"""What somebody types to find a release: a title, an artist in any script, an ISRC or a UPC as written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from app.kernel.errors import Invalid
from app.kernel.identifiers import Isrc, Upc

MOST_WORDS = 8
"""Words of a search that count; nobody types more to find a title."""
_NOT_WORDS = re.compile(r"[^\w]+")
_UNMARKED = str.maketrans(
    {"ı": "i", "ə": "e", "ø": "o", "đ": "d", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe"}
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search as understood. *words* are folded; the identifiers are canonical or None."""

    words: tuple[str, ...]
    isrc: str | None = None
    upc: str | None = None

    @property
    def is_empty(self) -> bool:
        """True when nothing was asked: everything fits."""
        return not (self.words or self.isrc or self.upc)


def folded(text: str) -> str:
    """Without case, accents and width, words parted by one blank: what searches compare."""
    flat = unicodedata.normalize("NFKD", text).casefold().translate(_UNMARKED)
    plain = "".join(char for char in flat if not unicodedata.combining(char))
    return " ".join(_NOT_WORDS.sub(" ", unicodedata.normalize("NFC", plain)).split())


def wanted(text: str) -> Wanted:
    """How a search is meant: an identifier when it is one, in any spelling; otherwise words."""
    if Isrc.is_valid(text):
        return Wanted((), isrc=str(Isrc.parse(text)))
    if upc := _upc_of(text):
        return Wanted((), upc=upc)
    return Wanted(tuple(folded(text).split()[:MOST_WORDS]))


def _upc_of(text: str) -> str | None:
    """The 14-digit form, also of a code that lost its leading zeros in a spreadsheet."""
    digits = re.sub(r"\D", "", text)
    if not 8 <= len(digits) <= 14 or len(digits) < len(re.sub(r"[\s-]", "", text)):
        return None
    try:
        return str(Upc.parse(digits.zfill(14)))
    except Invalid:
        return None
