"""Use-cases of the audit: over files, and as a run that belongs to a case. The fixed names stand here."""

from __future__ import annotations

from app.recompute.service.files import ENGINES, audit_files, discrepancies_of

__all__ = ["ENGINES", "audit_files", "discrepancies_of"]
