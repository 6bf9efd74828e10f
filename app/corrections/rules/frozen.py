"""A row of an export as it is kept with its batch: as a value, and read from the one spelling that is hashed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from app.corrections.rules.batches import content_changed
from app.exports.rules.rows import NeutralRow

FIELDS: tuple[str, ...] = NeutralRow._fields


def content_of(row: NeutralRow) -> dict[str, Any]:
    """*row* as it is kept."""
    return {name: getattr(row, name) for name in FIELDS}


def row_of(content: Mapping[str, Any]) -> NeutralRow:
    """The row that was kept as *content*; what rows had none of then is empty. Raises KeyError, TypeError for no row."""
    return NeutralRow(**{**content, "original_line_ids": tuple(content["original_line_ids"])})


def rows_of(spelling: str) -> list[NeutralRow]:
    """The rows that were kept as *spelling*: canonical JSON objects with commas between them.

    Raises Refused for what is no row: its values are checked here, so that no format meets a number where a name belongs.
    """
    contents = _decoded(f"[{spelling}]")
    try:
        values = list(map(_values, contents))
    except KeyError:
        values = list(map(_values_of_old, contents))
    columns: list[Any] = list(zip(*values, strict=True))
    for column, kind in zip(columns, _TYPES, strict=False):
        if set(map(type, column)) != {kind}:
            raise content_changed()
    if columns:
        columns[_LINES] = list(map(_texts, columns[_LINES]))
    return list(map(NeutralRow._make, zip(*columns, strict=True)))


def _values_of_old(content: dict[str, Any]) -> tuple[Any, ...]:
    """Also of a row from before there were account codes."""
    try:
        values: tuple[Any, ...] = _values(_WITHOUT_CODES | content)
    except KeyError:
        raise content_changed() from None
    return values


def _texts(values: list[Any]) -> tuple[str, ...]:
    if not _TEXT.issuperset(map(type, values)):
        raise content_changed()
    return tuple(values)


_decoded = json.JSONDecoder().decode
_values = itemgetter(*FIELDS)
_LINES = FIELDS.index("original_line_ids")
_TEXT = frozenset({str})
_TYPES = tuple(
    list if name == "original_line_ids" else int if name in {"exponent", "gross", "withholding"} else str
    for name in FIELDS
)  # fmt: skip
_WITHOUT_CODES = dict.fromkeys(("posting_date", "payee_account", "counter_account", "tax_account"), "")  # fmt: skip
"""What rows had none of before there were account codes."""
