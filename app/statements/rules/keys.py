"""What a line says of its recording: the key under which a person's word is remembered, and what it may mean.

A key is exact: it joins lines that say the same, never lines that are alike. What is alike is a suggestion.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256

from app.kernel.errors import Invalid
from app.kernel.identifiers import Isrc, Upc
from app.kernel.reading.headers import folded

SHORTEST = 8
"""Signs of an ISRC that is none, below which it names nothing: `N/A`, `-`, `unknown`."""
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
_JOINT = re.compile(r"(?<![A-Z0-9])[A-Z]{2}-?[A-Z0-9]{3}-?[0-9]{2}-?[0-9]{5}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Said:
    """Of a recording, as the source wrote it; each may be empty."""

    isrc: str
    upc: str
    title: str
    artist: str


def key_of(said: Said) -> str:
    """64 hex digits, equal for lines that name the same recording in the same words; empty when nothing names one.

    An ISRC names it alone. Anything else counts whole: a placeholder in the place of the ISRC stands in many rows.
    """
    isrc = _plain(said.isrc)
    if _ISRC.fullmatch(isrc):
        return _hashed("isrc", isrc)
    upc = _plain(said.upc)
    title, artist = folded(said.title), folded(said.artist)
    if not (title or upc or len(isrc) >= SHORTEST):
        return ""
    return _hashed("named", isrc, upc, title, artist)


def possible_isrcs(text: str) -> tuple[str, ...]:
    """The ISRCs that *text* may mean, canonical: written with hyphens or small, or beside another code in one cell."""
    upper = unicodedata.normalize("NFKC", text).upper()
    found = [re.sub("-", "", one) for one in _JOINT.findall(upper)]
    if Isrc.is_valid(text):
        found.insert(0, str(Isrc.parse(text)))
    elif _ISRC.fullmatch(_plain(text)):
        found.insert(0, _plain(text))
    return tuple(dict.fromkeys(found))


def possible_upc(text: str) -> str:
    """The UPC that *text* may mean, 14 digits, with the zeros that a spreadsheet took put back; empty for none."""
    digits = re.sub(r"\D", "", text)
    if not 8 <= len(digits) <= 14 or "E+" in text.upper():
        return ""
    try:
        return str(Upc.parse(digits.zfill(14)))
    except Invalid:
        return ""


def _plain(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", text).upper())


def _hashed(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
