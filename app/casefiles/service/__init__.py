"""Use-cases of case files: asking, packing, expiring. The fixed names stand here."""

from __future__ import annotations

from app.casefiles.service.asking import ask_for_file

__all__ = ["ask_for_file"]
