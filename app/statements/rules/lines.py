"""One line of a statement, and what is said about a file: problems stop it, notes do not."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from app.kernel.words import Words
from app.statements.rules.noted import said_of


class Kind(StrEnum):
    """What a line is about. Every kind is money of the statement and belongs to its sum."""

    SALE = "sale"
    RETURN = "return"
    """A void, a return, a reversal: mostly negative, sometimes with no units."""
    ADJUSTMENT = "adjustment"
    """Back pay or the outcome of a conflict, said by the store."""
    RESTATED = "restated"
    """Belongs to an earlier statement and is said again."""
    CORRECTION = "correction"
    """A line of a correction run."""
    TRANSFER = "transfer"
    """A share that goes to or comes from another account of the same distributor; no sale of a store."""
    PAID = "paid"
    """What one of our own statements said was paid to a payee; no sale of a store."""


class Line(NamedTuple):
    """One row of money. Texts as the source wrote them beside what they were read as.

    number: physical line in *file* (row of a sheet), from 1. occurrence: 1 for the first of identical rows, 2 for the
    next. key: 16 bytes, equal for rows that say the same (of the source's own id where it has one).
    sale_month to sale_until: first and last month of use, equal for most; months are `YYYY-MM`.
    territory: alpha-2 or ZZ. isrc, upc: canonical, empty where the text is none. amount: what the statement pays, exact.
    payee: code of who was paid, in lines of kind PAID only. cells: the whole row, personal data masked.
    """

    file: str
    number: int
    format: str
    key: bytes
    occurrence: int
    native_id: str
    kind: Kind
    statement_month: str
    sale_month: str
    sale_until: str
    original_month: str
    store: str
    territory: str
    territory_text: str
    isrc: str
    isrc_text: str
    upc: str
    upc_text: str
    artist: str
    title: str
    release: str
    label: str
    usage: str
    units: Decimal | None
    amount: Decimal
    amount_text: str
    currency: str
    payee: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person should know, first seen in *line*, *count* times. *code*, *values*: what `noted` says."""

    code: str
    file: str
    line: int
    value: str
    values: dict[str, str]
    count: int

    @property
    def text(self) -> Words:
        """The sentence, translatable."""
        return said_of(self.code, self.values)
