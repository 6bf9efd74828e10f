"""What somebody asks of the audit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class AuditFiles:
    """Audit these files (CSV or Parquet) and write the four outputs into *out*, made when missing.

    *payees_only*: show these payees' discrepancies and totals; empty means all. *engine*: duckdb.
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
