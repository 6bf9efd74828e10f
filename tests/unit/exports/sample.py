"""The rows every profile is written from: tax, a taking back, a move between payees, a name that is no name."""

from __future__ import annotations

from pathlib import Path

from app.exports.rules.rows import NeutralRow
from tests.unit.exports.test_neutral import ROW

FILES = Path(__file__).parent / "files"
BATCH = "3f2b8c4e-9d1a-4a55-8e0c-5d2b7f6a1c90"
HOSTILE = '; date:x "=1"\n| (a) Li\u2028 李 \\'
ROWS: tuple[NeutralRow, ...] = tuple(
    ROW._replace(batch_id=BATCH, **changed)
    for changed in (
        {"correction_id": "c1"},
        {"correction_id": "c1", "gross": -500, "withholding": 0, "legal_name": "=cmd|'/C calc'!A0"},
        {"correction_id": "c2", "counter_account": "Liabilities:Royalties", "withholding": 0},
        {"correction_id": "c2", "gross": 100, "withholding": 100, "legal_name": HOSTILE},
    )
)  # fmt: skip
"""Gross 82166, tax 1383, net 80783 minor units of EUR."""
