"""Cells as other programs write them, as the contract does: decimal commas, thousands, months of a spreadsheet.

What does not fit stays as it is and is refused where its column is named: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from app.kernel.columns import Kind, fault_of
from app.kernel.errors import Invalid
from app.kernel.reading.months import NoMonth, months
from app.kernel.reading.numbers import Exact, NoNumber, decided, number
from app.kernel.reading.styles import Numbers
from app.kernel.words import words as _
from app.terms.rules.rows import COLUMNS, Table

_NUMBERS = {Kind.FRACTION, Kind.RATE, Kind.AMOUNT}
_MONTHS = {Kind.MONTH, Kind.OPEN_MONTH}
_MORE = {"minimum": Kind.AMOUNT}
"""Kinds of columns beside those of the contract."""
_FIRST_DAY = re.compile(r"([0-9]{4}-[0-9]{2})-01")
_NAMED = re.compile(r"[A-Za-z]{3}")


def style_of(table: Table, rows: Iterable[Mapping[str, str]]) -> Numbers:
    """How these rows write decimals. With a point where nothing is clear: that is what the contract says."""
    names = [name for name, kind in _kinds(table).items() if kind in _NUMBERS]
    texts = (text for cells in rows for name in names if (text := cells.get(name, "").strip()))
    found = decided(texts)
    return Numbers.POINT if found is Numbers.EITHER else found


def spelled(table: Table, cells: Mapping[str, str], style: Numbers) -> dict[str, str]:
    """*cells*, by column, as the contract writes them. Raises `Invalid` at a number of the other decimal mark."""
    kinds = _kinds(table)
    said = dict(cells)
    for name, text in cells.items():
        kind = kinds.get(name)
        if kind in _NUMBERS:
            said[name] = _number(name, kind, text, style, cells.get("currency", "").strip())
        elif kind in _MONTHS:
            said[name] = _month(text.strip())
    return said


def _kinds(table: Table) -> dict[str, Kind]:
    return dict(COLUMNS[table]) | _MORE


def _number(name: str, kind: Kind, text: str, style: Numbers, currency: str) -> str:
    """A point in a file of commas is refused where no thousands can be: `1.082` is a rate, or a thousand times it."""
    if isinstance(text, Exact) or not (bare := text.strip()):
        return text
    if style is not Numbers.COMMA and (kind is not Kind.AMOUNT or not fault_of(kind, bare)):
        return text
    if kind is not Kind.AMOUNT and "." in bare:
        said = _("This file writes decimals with “%(mark)s”; this does not fit.", mark=",")
        raise Invalid(name, f"{kind.value}_shape", said)
    try:
        value = number(bare, style, currency)
    except NoNumber as error:
        if style is Numbers.COMMA:
            raise Invalid(name, f"{kind.value}_shape", error.reason) from error
        return text
    return f"{value:f}"


def _month(text: str) -> str:
    if first := _FIRST_DAY.fullmatch(text):
        return first[1]
    if _NAMED.search(text):
        try:
            start, end = months(text)
        except NoMonth:
            return text
        return start if start == end else text
    return text
