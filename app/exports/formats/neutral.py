"""The neutral CSV: one row per correction line, RFC 4180, UTF-8 without BOM."""

from __future__ import annotations

from collections.abc import Iterator

from app.exports.rules.rows import Rows, checked_lines

NAME = "neutral"
CONTENT_TYPE = "text/csv; charset=utf-8"
EXTENSION = "csv"


def to_texts(rows: Rows) -> Iterator[str]:
    """The file, line by line. *rows*: in the order they shall stand; may be none. The same rows give the same text."""
    return checked_lines(rows)
