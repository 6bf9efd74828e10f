"""Reads of runs: which there are, and what one found. The fixed names stand here."""

from __future__ import annotations

from app.recompute.queries.found import (
    GroupPage,
    GroupRow,
    LineRow,
    MonthRow,
    NoteRow,
    SuspendedRow,
    TotalRow,
    Wanted,
    audit_group,
    group_lines,
    groups_page,
    lines_page,
    newest_totals,
    notes_of,
    owed_by_month,
    owed_of_runs,
    splits_of,
    suspense_page,
    totals_of_run,
)
from app.recompute.queries.runs import (
    AuditRow,
    FiguresRow,
    asked_months,
    audit_by_id,
    newest_audits,
    newest_runs,
)

__all__ = [
    "AuditRow", "FiguresRow", "GroupPage", "GroupRow", "LineRow", "MonthRow", "NoteRow", "SuspendedRow", "TotalRow", "Wanted", "asked_months",
    "audit_by_id", "audit_group", "group_lines", "groups_page", "lines_page", "newest_audits", "newest_runs", "newest_totals", "notes_of", "owed_by_month", "owed_of_runs", "splits_of", "suspense_page",
    "totals_of_run",
]  # fmt: skip
