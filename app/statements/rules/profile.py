"""What is known of a format, as data: a new format is a table entry and a fixture, not code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.kernel.reading.styles import Days, Numbers
from app.statements.rules.lines import Kind


@dataclass(frozen=True, slots=True)
class Chosen:
    """The column to read depends on the value of another: *by* → *columns* by that value."""

    by: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Skip:
    """Rows that are no earnings: *column* has one of *values* (folded); with no values, all *blank* are empty."""

    why: str
    column: str = ""
    values: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """*result* = product of *factors*; a column in *percent* is divided by 100. Noted beyond *tolerance* of itself."""

    result: str
    factors: tuple[str, ...]
    percent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """One value in several columns: *columns* with *mark* between."""

    columns: tuple[str, ...]
    mark: str


Column = str | tuple[str, ...] | Chosen | Joined
"""A header's name; several: the first that is filled; chosen by another column; or joined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One version of one format.

    header: columns that must be there; together they recognise it. optional: may be there, are no surprise.
    columns: field of a line → where it stands. Needed: amount. Possible: native_id, statement, sale, sale_until,
    original, store, territory, isrc, upc, artist, title, release, label, usage, units, currency,
    payee (who was paid, on statements of ours).
    fixed: field → value where the file has no column. preamble: field → label in the rows above the header.
    file_month: pattern with groups `year` and `month` for formats that name the month in the file's name only.
    kinds: (column, folded value → kind; `*` is any other value). personal: columns masked at import, `ship to *` by their
    beginning. footer: header of a summary
    below the lines.
    correction: pattern of names of correction runs. totals: no lines, but subtotals of the file beside it.
    blank_amount: an empty amount is nothing, not a fault. ragged: missing cells at the end are empty.
    most_unknown: a table with more columns beyond header and optional is something else.
    """

    name: str
    version: str
    source: str
    header: tuple[str, ...]
    columns: Mapping[str, Column]
    optional: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    numbers: Numbers = Numbers.POINT
    days: Days = Days.NONE
    preamble: Mapping[str, str] = field(default_factory=dict)
    file_month: str = ""
    kinds: tuple[str, Mapping[str, Kind]] | None = None
    skips: tuple[Skip, ...] = ()
    relations: tuple[Relation, ...] = ()
    personal: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    correction: str = ""
    totals: bool = False
    blank_amount: bool = False
    ragged: bool = False
    most_unknown: int = 1000

    @property
    def title(self) -> str:
        """`DistroKid, since mid-2025`."""
        return f"{self.source}, {self.version}" if self.version else self.source

    @property
    def id(self) -> str:
        """Stable name, kept with every line."""
        return f"{self.name}/{self.version}" if self.version else self.name


def columns_of(text: str, mark: str = "|") -> tuple[str, ...]:
    """The header as it stands in the file, its names parted by *mark*."""
    return tuple(name.strip("\n") for name in text.split(mark))
