"""Reads of statements by topic: what was taken in or handed in, and lines whose recording nobody knows. The fixed names stand here."""

from __future__ import annotations

from app.statements.queries.imports import (
    ImportPage,
    ImportRow,
    ImportView,
    MonthRow,
    PartRow,
    UploadRow,
    import_by_hash,
    import_row,
    import_view,
    imports_page,
    parts_before,
    parts_between,
    parts_of_month,
    recent_uploads,
    statement_months,
    upload_view,
)
from app.statements.queries.matching import (
    MatchRow,
    UnmatchedCounts,
    UnmatchedPage,
    UnmatchedRow,
    grounds_for,
    matched_isrcs,
    matches_of_key,
    suggestions_for,
    unmatched_counts,
    unmatched_page,
    unmatched_row,
)
from app.statements.queries.profiles import ProfileRow, own_profiles, profile_rows

__all__ = [
    "ImportPage", "ImportRow", "ImportView", "MatchRow", "MonthRow", "PartRow", "ProfileRow", "UnmatchedCounts", "UnmatchedPage",
    "UnmatchedRow", "UploadRow", "grounds_for", "import_by_hash", "import_row", "import_view", "imports_page", "matched_isrcs",
    "matches_of_key", "own_profiles", "parts_before", "parts_between", "parts_of_month", "profile_rows", "recent_uploads",
    "statement_months", "suggestions_for", "unmatched_counts", "unmatched_page", "unmatched_row", "upload_view",
]  # fmt: skip
