"""What somebody asks of the audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from app.kernel.sides import Side


@dataclass(frozen=True, slots=True)
class AuditFiles:
    """Audit these files (CSV or Parquet) and write the four outputs into *out*, made when missing.

    *payees_only*: show these payees' discrepancies and totals; empty means all. *engine*: duckdb, or spark on many machines.
    """

    sales: tuple[Path, ...]
    deals: Path
    splits: Path
    payees: Path
    withholding: Path
    fx: Path
    paid: tuple[Path, ...]
    out: Path
    payees_only: tuple[str, ...] = ()
    engine: str = "duckdb"

    def files_of(self, table: str) -> tuple[Path, ...]:
        """The files of one input."""
        given = getattr(self, table)
        return given if isinstance(given, tuple) else (given,)


@dataclass(frozen=True, slots=True)
class AskAudit:
    """Run the audit for a case."""

    case_id: UUID


@dataclass(frozen=True, slots=True)
class AskMonth:
    """Run the audit over all payees of a statement month, `YYYY-MM`. *inputs*: a word for what lay there when it was asked."""

    month: str
    inputs: str


@dataclass(frozen=True, slots=True)
class CancelAudit:
    """Nobody wants the run any more."""

    case_id: UUID
    audit_id: UUID


@dataclass(frozen=True, slots=True)
class KeepFound:
    """Keep what the audit of *files* found. *inputs*: parts with hashes, recordings, digest of the terms.

    *sides*: payee code → the side that may read its lines; others stay with the desk. *control*: as the audit wrote it.
    """

    audit_id: UUID
    files: AuditFiles
    inputs: Mapping[str, Any]
    control: Mapping[str, Any]
    sides: Mapping[str, Side]


@dataclass(frozen=True, slots=True)
class ExplainLine:
    """What explains the lines of one group; it stays when the audit runs again."""

    case_id: UUID
    audit_id: UUID
    number: int
    note: str
