"""Reads of the terms: rows in force, files for the audit, changes, conflicts."""

from app.terms.queries.files import TermsFiles, write_files
from app.terms.queries.pages import (
    ConflictPage,
    TermsPage,
    TermsRow,
    VersionRow,
    VersionView,
    conflicts_page,
    row_of_version,
    terms_page,
    terms_row,
    version_view,
    versions_page,
)
from app.terms.queries.rows import (
    balances_of,
    ledger_payees,
    minimums,
    newest_version,
    rows_of_keys,
    unknown_payees,
)

__all__ = [
    "ConflictPage", "TermsFiles", "TermsPage", "TermsRow", "VersionRow", "VersionView", "balances_of", "conflicts_page",
    "ledger_payees", "minimums", "newest_version", "row_of_version", "rows_of_keys", "terms_page", "terms_row", "unknown_payees",
    "version_view", "versions_page", "write_files",
]  # fmt: skip
