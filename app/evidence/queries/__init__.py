"""Reads of evidence by topic: items and custody, files on their way. The fixed names stand here."""

from __future__ import annotations

from app.evidence.queries.items import (
    CaseStand,
    CustodyRow,
    EvidenceCounts,
    ItemRow,
    ShareRow,
    VerdictRow,
    case_stand,
    counts_of,
    custody_of,
    item_by_id,
    item_by_label,
    items_of,
    may_open,
    reader_sides,
    shares_of,
)

__all__ = [
    "CaseStand", "CustodyRow", "EvidenceCounts", "ItemRow", "ShareRow", "VerdictRow", "case_stand", "counts_of",
    "custody_of", "item_by_id", "item_by_label", "items_of", "may_open", "reader_sides", "shares_of",
]  # fmt: skip
