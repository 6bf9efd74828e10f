"""Reads of parent events by topic. The fixed names stand here."""

from __future__ import annotations

from app.incidents.queries.correcting import CaseRow, case_rows, faults_of_cases
from app.incidents.queries.found import (
    EventPage,
    EventRow,
    LineRow,
    PayeePage,
    PayeeRow,
    artist_of,
    case_in_month,
    event_row,
    events_page,
    lines_page,
    month_found_for,
    payee_counts,
    payee_row,
    payees_page,
)

__all__ = [
    "CaseRow", "EventPage", "EventRow", "LineRow", "PayeePage", "PayeeRow", "artist_of", "case_in_month", "case_rows", "event_row", "events_page", "faults_of_cases",
    "lines_page", "month_found_for", "payee_counts", "payee_row", "payees_page",
]  # fmt: skip
