"""How numbers and days are written in a file."""

from __future__ import annotations

from enum import StrEnum


class Numbers(StrEnum):
    """How a source writes numbers."""

    POINT = "point"
    """`1234.5`; a comma is refused, so that a file that a spreadsheet rewrote is never misread."""
    GROUPED = "grouped"
    """`1,234.5`."""
    COMMA = "comma"
    """`1234,5`, `1.234,5`, `1 234,5`."""
    EITHER = "either"
    """Decided once a file from what its number columns say; refused where they leave it open."""


class Days(StrEnum):
    """The order of `05/04/2026`; NONE refuses it. Forms that can be read one way only are always read."""

    NONE = ""
    MONTH_FIRST = "month first"
    DAY_FIRST = "day first"
