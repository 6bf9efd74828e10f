"""What the workers of a cluster do: read one file into pieces, and audit the pieces of one shard.

A *shard* is a part of all places (months, store, territory, recording): every line and payment of a place is in one
shard, so that cells, expected amounts, differences, causes and suspense of a shard need no other. Only totals and the
control figures cross shards, by sums alone. A *piece* is a small Parquet file of a table, or a note, on its way.
Both kinds of work are done by the database that audits alone elsewhere: one reading, one arithmetic, one set of causes.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path

import duckdb

from app.recompute.adapters.database import database
from app.recompute.adapters.duckdb_engine import TERMS, work_out
from app.recompute.adapters.names import WHAT
from app.recompute.adapters.reading import Reader
from app.recompute.adapters.results import FOUND
from app.recompute.rules.inputs import ISRC_SHAPE, TABLES, BadInput

MEMORY = "1GB"
"""Of the database of one worker, which has one core; beyond it spills."""
ROWS = 10_000
"""Rows of a piece in the mean. Spark holds up to a thousand pieces of a worker before it writes them down."""
LARGE = ("sales", "paid")
READ, REFUSED = "read", "refused"
"""Notes: what a file held, and why the audit cannot go on."""

Piece = tuple[str, bytes]
"""What it is (a table, a query of `Found`, or a note) and its bytes."""

# A recording with its lines stays together because its terms do; what is no recording has no terms and is spread.
_SPREAD = f"""
    md5_number_lower(case when regexp_full_match(isrc, '{ISRC_SHAPE}') then isrc
      else concat_ws(',', statement_month, sale_month, store, territory, isrc) end)"""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of sales or payments; *number*: its place in the order of the command."""

    number: int
    table: str
    file: str


@dataclass(frozen=True, slots=True)
class FileRead:
    """What reading a file brought: *rows*, malformed ones counted, and the problems' values in their order."""

    number: int
    table: str
    rows: int
    problems: list[tuple[str, int, str, str, str]]


def read_file(source: Source, shards: int) -> Iterator[tuple[int, Piece]]:
    """The good rows of a file by shard, then a note of what it held."""
    home = source.number % shards
    try:
        with database(MEMORY, threads=1) as con, tempfile.TemporaryDirectory() as folder:
            reader = Reader(con)
            reader.find({source.table: (Path(source.file),)})
            reader.load(source.table)
            yield from _cut(con, source.table, shards, Path(folder))
            problems = [astuple(one) for one in reader.problems]
            read = FileRead(source.number, source.table, reader.rows[source.table], problems)
            yield home, (READ, json.dumps(asdict(read)).encode())
    except BadInput as error:
        yield home, _refusal(error)


def audit_shard(pieces: Iterator[tuple[int, Piece]], terms: Mapping[str, bytes]) -> Iterator[Piece]:
    """What is found in a shard, one piece per query of `Found`; notes pass through."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for table in LARGE:
            (folder / table).mkdir()
        for number, (_shard, (what, data)) in enumerate(pieces):
            if what in LARGE:
                (folder / what / f"{number}.parquet").write_bytes(data)
            else:
                yield what, data
        for table, data in terms.items():
            (folder / f"{table}.parquet").write_bytes(data)
        try:
            with database(MEMORY, threads=1) as con:
                yield from _found(con, folder)
        except BadInput as error:
            yield _refusal(error)


def _cut(
    con: duckdb.DuckDBPyConnection, table: str, shards: int, folder: Path
) -> Iterator[tuple[int, Piece]]:
    """The rows of *table* in pieces, so many at a time that each shard gets about `ROWS` of them."""
    columns = ", ".join(
        name if _is_used(name) else f"'' as {name}" for name, _kind in TABLES[table]
    )
    count = con.execute(f"select count(*) from {table}").fetchone() or (0,)
    for first in range(0, count[0], ROWS * shards):
        con.execute(f"""
            copy (select {columns}, cast({_SPREAD} % {shards} as integer) as shard from {table}
                  where rowid >= {first} and rowid < {first + ROWS * shards})
            to '{folder}' (format parquet, partition_by (shard), overwrite true)""")
        for piece in sorted(folder.rglob("*.parquet")):
            yield int(piece.parent.name.partition("=")[2]), (table, piece.read_bytes())


def _is_used(column: str) -> bool:
    return column in WHAT or column in {"gross", "amount"}


def _found(con: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Piece]:
    """The findings of the files in *folder*."""
    reader = Reader(con)
    for table in LARGE:
        names = ", ".join(f"'' as {name}" for name, _kind in TABLES[table])
        con.execute(
            f"copy (select {names} where false) to '{folder}/{table}/none.parquet' (format parquet)"
        )
        reader.hold(table, f"from read_parquet('{folder}/{table}/*.parquet')")
    own = " union ".join(f"select isrc from read_parquet('{folder}/{t}/*.parquet')" for t in LARGE)
    for table in TERMS:
        rows = f"from read_parquet('{folder}/{table}.parquet')"
        reader.hold(table, f"{rows} where isrc in ({own})" if table == "splits" else rows)
        reader.load(table)
    work_out(con, reader)
    for one in fields(FOUND):
        file = folder / f"{one.name}.parquet"
        con.execute(f"copy ({getattr(FOUND, one.name)}) to '{file}' (format parquet)")
        yield one.name, file.read_bytes()


def _refusal(error: BadInput) -> Piece:
    said = {"field": error.field, "code": error.code, "message": str(error.message)}
    return REFUSED, json.dumps(said).encode()
