"""Lines of a timeline as they were shown last: what was said and done never changes, so nor does its line.

A line shows nothing but its arguments, so they are its whole key: another reader's zone, language or year
is another key, and nobody is handed a line made for other words.
"""

from __future__ import annotations

from functools import lru_cache

from flask import get_template_attribute
from markupsafe import Markup

from app.web.desk.rows import EntryRow

MOST = 2048
"""Lines kept in a process: about a kilobyte each, and what was written in them."""


@lru_cache(MOST)
def timeline_line(row: EntryRow, locale: str, zone: str, year: int) -> Markup:
    """The entry as markup in the reader's language; *year*: in which dates are said without one."""
    del locale, zone, year
    line = get_template_attribute("desk/conversations/_line.html", "line")
    return Markup(line(row))  # noqa: S704 - an escaping template's own answer
