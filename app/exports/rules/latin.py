"""The characters that payments between banks may hold (EPC 217-08, the SEPA basic set)."""

from __future__ import annotations

import string
import unicodedata

_BASIC = frozenset(string.ascii_letters + string.digits + "/-?:().,'+ ")
_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L",
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ı": "i", "ə": "a", "Ə": "A",
        "’": "'", "‘": "'", "–": "-", "—": "-", "&": "+", "_": "-",
    }
)  # fmt: skip
"""What loses no accent because it has none."""


def in_basic_set(text: str) -> str | None:
    """*text* in the basic set, accents dropped; None when a character has no counterpart there."""
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign)).strip()
    kept = kept.lstrip("/").replace("//", "/")
    return kept if kept and set(kept) <= _BASIC else None
