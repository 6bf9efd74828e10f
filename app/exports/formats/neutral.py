"""The neutral CSV: one row per correction line, RFC 4180, UTF-8 without BOM."""

from __future__ import annotations

from collections.abc import Sequence

from app.exports.rules.cells import csv_line
from app.exports.rules.rows import COLUMNS, NeutralRow, checked_cells

NAME = "neutral"
CONTENT_TYPE = "text/csv; charset=utf-8"
EXTENSION = "csv"


def to_bytes(rows: Sequence[NeutralRow]) -> bytes:
    """The file. *rows*: in the order they shall stand; may be empty. The same rows give the same bytes."""
    lines = [csv_line(COLUMNS), *map(csv_line, checked_cells(rows))]
    return "".join(lines).encode("utf-8")
