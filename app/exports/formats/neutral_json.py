"""The neutral rows as one JSON document (RFC 8259): amounts are text, so that no reader makes a float of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from app.exports.rules.cells import number_cell
from app.exports.rules.rows import COLUMNS, ControlTotals, NeutralRow, checked_cells, control_totals

NAME = "neutral_json"
CONTENT_TYPE = "application/json"
EXTENSION = "json"
_SUMS = ("gross", "withholding", "net")


def to_bytes(rows: Sequence[NeutralRow]) -> bytes:
    """The file, with its control totals in front. The same rows give the same bytes.

    Text stands as it is: nothing here is run by a spreadsheet. The checksum is that of the CSV.
    """
    document = {
        "format": NAME,
        "version": 1,
        "totals": _totals(control_totals(rows), rows[0].exponent) if rows else None,
        "rows": [_row(row, cells) for row, cells in zip(rows, checked_cells(rows), strict=True)],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


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
