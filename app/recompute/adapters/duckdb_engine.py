"""The audit on DuckDB: a throw-away database in memory that spills beside the output when it must."""

from __future__ import annotations

from typing import Any

import duckdb

from app.recompute.adapters.causes import explain
from app.recompute.adapters.cells import KEY, expect, make_cells, suspend
from app.recompute.adapters.database import database
from app.recompute.adapters.differences import compare, look_behind
from app.recompute.adapters.intake import Intake
from app.recompute.adapters.names import Names
from app.recompute.adapters.reading import Reader
from app.recompute.adapters.results import FOUND
from app.recompute.adapters.shares import code_rates, code_terms, share_places
from app.recompute.adapters.terms import check_terms
from app.recompute.adapters.writing import Intaken, write_all
from app.recompute.commands import AuditFiles
from app.recompute.rules.inputs import TABLES

MEMORY = "1500MB"
THREADS = 2
TERMS = ("deals", "splits", "payees", "withholding", "fx")
# Whatever the terms name has a number before sales come; sales and payments bring the rest.
_NAMED = (
    ("isrc", "select isrc as name from splits"),
    ("payee", "select payee as name from payees union all select payee from splits"),
    (
        "currency",
        "select currency as name from payees union all select from_currency from fx union all select to_currency from fx",
    ),
)


def run(command: AuditFiles) -> dict[str, Any]:
    """The control figures, after the outputs are written. Raises BadInput; nothing is written then."""
    with database(MEMORY, THREADS) as con:
        reader = Reader(con)
        reader.find({table: command.files_of(table) for table in TABLES})
        take_terms(con, reader)
        work_out(con, reader)
        read = Intaken(reader.rows.get("sales", 0), reader.problems)
        return write_all(con, FOUND, read, command)


def take_terms(con: duckdb.DuckDBPyConnection, reader: Reader) -> None:
    """The tables of terms, which do not contradict themselves. Raises BadInput."""
    for table in TERMS:
        reader.load(table)
    check_terms(con)


def work_out(con: duckdb.DuckDBPyConnection, reader: Reader) -> None:
    """Everything that `FOUND` asks for, from the terms in *con* and the sales and payments of *reader*."""
    names = Names(con)
    for column, found in _NAMED:
        names.learn(column, found)
    reader.stream("sales", Intake(con, names, "sales", "gross", "hugeint"))
    names.close()
    _share(con, names.sizes(*KEY))
    reader.stream("paid", Intake(con, names, "paid", "amount", "decimal(38,12)"))
    names.close()
    _judge(con, names.sizes(*KEY))


def _share(con: duckdb.DuckDBPyConnection, sizes: dict[str, int]) -> None:
    """Cells, and who has which part of their places."""
    code_terms(con)
    make_cells(con, sizes)
    share_places(con, sizes)


def _judge(con: duckdb.DuckDBPyConnection, sizes: dict[str, int]) -> None:
    """What is expected, what is suspended, what differs and why; all names have their numbers."""
    code_rates(con, sizes["currency"])
    suspend(con, sizes)
    expect(con, sizes)
    compare(con, sizes)
    look_behind(con, sizes)
    explain(con)
