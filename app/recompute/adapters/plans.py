"""How the database may plan a statement that streams millions of rows through small tables.

It guesses the rows of a file by its size and would now and then hash millions of rows to look up sixty names.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb


@contextmanager
def joined_as_written(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Rows stream from the table named first through tables that are held in memory."""
    con.execute("set disabled_optimizers = 'join_order,build_side_probe_side'")
    try:
        yield
    finally:
        con.execute("reset disabled_optimizers")
