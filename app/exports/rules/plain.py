"""Text for files that are read line by line: one line, no control characters, nothing that a reader takes for more."""

from __future__ import annotations

import unicodedata


def one_line(text: str, dropped: str = "") -> str:
    """*text* with every control, format and separator character, and each of *dropped*, as a single space."""
    kept = (
        " " if unicodedata.category(sign)[0] in "CZ" or sign in dropped else sign for sign in text
    )
    return " ".join("".join(kept).split())
