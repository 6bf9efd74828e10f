"""The neutral rows as one JSON document (RFC 8259): amounts are text, so that no reader makes a float of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from app.exports.rules.cells import number_cell
from app.exports.rules.rows import (
    COLUMNS,
    ControlTotals,
    NeutralRow,
    Rows,
    Totalled,
    checked_cells,
)

NAME = "neutral_json"
CONTENT_TYPE = "application/json"
EXTENSION = "json"
_SUMS = ("gross", "withholding", "net")


def to_texts(rows: Rows) -> Iterator[str]:
    """The file, row by row, its control totals in front: for those the rows are gone through before.

    Text stands as it is: nothing here is run by a spreadsheet. The checksum is that of the CSV.
    """
    counted, exponent = Totalled(), 0
    for row in rows:
        counted.add(row)
        exponent = row.exponent
    totals = counted.result
    said = _totals(totals, exponent) if totals.rows else None
    head = _plain({"format": NAME, "version": 1, "totals": said})
    yield f'{head[:-2]},\n "rows": ['
    before = "\n  "
    for row, cells in checked_cells(rows):
        yield before + _plain(_row(row, cells)).replace("\n", "\n  ")
        before = ",\n  "
    yield "\n ]\n}\n" if totals.rows else "]\n}\n"


def _plain(value: dict[str, Any]) -> str:
    """As one document would write it; no line end stands inside a text, so that every one may be indented further."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def _totals(totals: ControlTotals, exponent: int) -> dict[str, Any]:
    plain = asdict(totals)
    return {n: number_cell(v, exponent) if n in _SUMS else v for n, v in plain.items()}


def _row(row: NeutralRow, cells: list[str]) -> dict[str, Any]:
    said: dict[str, Any] = dict(zip(COLUMNS, cells, strict=True))
    as_typed = {
        "case_id": row.case_ref, "legal_name": row.legal_name, "period": row.period,
        "approver_1": row.approver_1, "approver_2": row.approver_2,
        "original_line_ids": list(row.original_line_ids),
    }  # fmt: skip
    return said | as_typed
