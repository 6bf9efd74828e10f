"""A throw-away database in memory that spills when it must; where the audit's arithmetic happens, on every engine."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from app.kernel.words import words as _
from app.recompute.rules.inputs import BadInput


@contextmanager
def database(memory: str, threads: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database. Raises BadInput in place of the database's own words for a number that is too large."""
    with tempfile.TemporaryDirectory(prefix="redress-audit-") as spill:
        con = duckdb.connect(":memory:")
        try:
            con.execute(f"set memory_limit = '{memory}'; set threads = {threads}")
            con.execute(f"set temp_directory = '{spill}'; set preserve_insertion_order = false")
            con.execute("set enable_progress_bar = false")
            yield con
        except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
            raise BadInput(
                "sales", "too_large", _("A sum or product is too large for exact arithmetic.")
            ) from error
        finally:
            con.close()
