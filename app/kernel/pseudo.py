"""The made-up language en-XA: English with accents, in brackets ‹ › and 40 % longer, still readable.

Whoever looks at a page in it sees at once what no translator can reach (text without brackets), what is cut
off (a bracket is missing) and what is put together from pieces (brackets in brackets). No text of ours holds
such brackets, while square ones stand on keys. Pure.
"""

from __future__ import annotations

import math
import re

LONGER = 0.4
"""Languages need up to so much more room than English (UX section 10)."""

_PLAIN = "aceinouyACEINOUY"
_ACCENTED = "áçéíñóúýÁÇÉÍÑÓÚÝ"
_TABLE = str.maketrans(_PLAIN, _ACCENTED)
_KEPT = re.compile(r"(%\(\w+\)[a-z]|%%|\{\w+\}|<[^>]*>|&#?\w+;|https?://\S+)")
_MORE = ("óné", "twó", "thréé", "fóúr", "fívé", "síx", "sévén", "éíght", "níñé", "téñ")


def lengthen(text: str) -> str:
    """`Send case` → `‹Séñd çásé óné›`. Placeholders, tags, entities and addresses stay as they are."""
    if not text.strip():
        return text
    parts = _KEPT.split(text)
    shown = "".join(part if _KEPT.fullmatch(part) else part.translate(_TABLE) for part in parts)
    letters = sum(len(part) for part in parts if not _KEPT.fullmatch(part))
    return f"‹{shown}{_more(math.ceil(letters * LONGER))}›"


def _more(length: int) -> str:
    """Words of at least *length* characters together, each with the space before it."""
    words = ""
    number = 0
    while len(words) < length:
        words += f" {_MORE[number % len(_MORE)]}"
        number += 1
    return words
