"""The audit on DuckDB: a throw-away database in memory that spills beside the output when it must."""

from __future__ import annotations

import tempfile
from typing import Any

import duckdb

from app.kernel.words import words as _
from app.recompute.adapters.causes import compare
from app.recompute.adapters.cells import attribute, check_terms
from app.recompute.adapters.reading import Reader
from app.recompute.adapters.writing import write_all
from app.recompute.commands import AuditFiles
from app.recompute.rules.inputs import TABLES, BadInput

MEMORY = "2GB"
THREADS = 2


def run(command: AuditFiles) -> dict[str, Any]:
    """The control figures, after the outputs are written. Raises BadInput; nothing is written then."""
    with tempfile.TemporaryDirectory(prefix="redress-audit-") as spill:
        con = duckdb.connect(":memory:")
        try:
            con.execute(f"set memory_limit = '{MEMORY}'; set threads = {THREADS}")
            con.execute(f"set temp_directory = '{spill}'; set preserve_insertion_order = false")
            return _audit(con, command)
        except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
            raise BadInput(
                "sales", "too_large", _("A sum or product is too large for exact arithmetic.")
            ) from error
        finally:
            con.close()


def _audit(con: duckdb.DuckDBPyConnection, command: AuditFiles) -> dict[str, Any]:
    reader = Reader(con)
    for table in TABLES:
        reader.load(table, command.files_of(table))
    check_terms(con)
    attribute(con)
    compare(con)
    return write_all(con, reader, command.out, command.payees_only)
