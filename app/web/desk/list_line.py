"""Lines of the desk list as they were shown last: a row that says the same is not written a second time.

A line shows nothing but its arguments, so they are its whole key: words that change (time left, the owner,
what the reader's role may see) are another key, and nobody is handed a line made for other words.
"""

from __future__ import annotations

from functools import lru_cache

from flask import get_template_attribute
from markupsafe import Markup

from app.web.desk.list_rows import ListRow

MOST = 2048
"""Lines kept in a process, about two kilobytes each."""


@lru_cache(MOST)
def list_line(
    row: ListRow, columns: frozenset[str], sprite: str, locale: str, *, can_select: bool
) -> Markup:
    """The row as markup in the reader's language; *sprite*: address of the icons."""
    del locale
    line = get_template_attribute("desk/cases/_line.html", "line")
    return Markup(line(row, columns, can_select, sprite))  # noqa: S704 - an escaping template's own answer
