"""The audit on Spark, for statements that outgrow one machine: files are read, spread by place and audited in shards.

Files must lie where every worker finds them by the same path, and workers run the same Redress. This process checks
the terms, gives them to everybody, and writes the outputs from what the shards found.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import duckdb

from app.recompute.adapters.database import database
from app.recompute.adapters.duckdb_engine import MEMORY, TERMS, THREADS, take_terms
from app.recompute.adapters.reading import Reader
from app.recompute.adapters.spark_session import require_spark, session
from app.recompute.adapters.spark_tasks import (
    LARGE,
    READ,
    REFUSED,
    FileRead,
    Piece,
    Source,
    audit_shard,
    read_file,
)
from app.recompute.adapters.writing import Found, Intaken, write_all
from app.recompute.commands import AuditFiles
from app.recompute.rules.inputs import TABLES, BadInput, Problem

SHARD_BYTES = 128 * 1024 * 1024
"""Of the files of sales and payments, that one worker audits at once."""
Spread = Callable[[Sequence[Source], Mapping[str, bytes]], Iterator[Piece]]
"""Reads all sources, given the terms, and audits them in shards, somewhere; what was found, in any order."""


def run(command: AuditFiles) -> dict[str, Any]:
    """The control figures, after the outputs are written. Raises BadInput; nothing is written then."""
    require_spark()
    return audit(command, _on_spark)


def audit(command: AuditFiles, spread: Spread) -> dict[str, Any]:
    """The same with the large work done by *spread*."""
    with database(MEMORY, THREADS) as con, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reader = Reader(con)
        reader.find({table: command.files_of(table) for table in TABLES})
        take_terms(con, reader)
        terms = _packed(con, folder)
        reads = _gather(spread(_sources(command), terms), folder)
        return write_all(con, _merged(folder), _intaken(reader, reads), command)


def _on_spark(sources: Sequence[Source], terms: Mapping[str, bytes]) -> Iterator[Piece]:
    """Read every file, bring what belongs together into one shard, audit the shards."""
    from pyspark import StorageLevel

    with session() as spark:
        context = spark.sparkContext
        size = sum(Path(source.file).stat().st_size for source in sources)
        shards = max(context.defaultParallelism, -(-size // SHARD_BYTES))
        given = context.broadcast(terms)
        found = (
            context.parallelize(sources, len(sources))
            .flatMap(lambda source: read_file(source, shards))
            .partitionBy(shards, int)
            .mapPartitions(lambda pieces: audit_shard(pieces, given.value))
            .persist(StorageLevel.DISK_ONLY)
        )
        try:
            found.count()  # All shards at once; asked for one by one they would be audited one by one.
            yield from found.toLocalIterator()
        finally:
            found.unpersist()
            given.destroy()


def _packed(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, bytes]:
    """The tables of terms as Parquet, out of the database."""
    terms = {}
    for table in TERMS:
        file = folder / f"{table}.parquet"
        con.execute(f"copy {table} to '{file}' (format parquet)")
        con.execute(f"drop table {table}")
        terms[table] = file.read_bytes()
    return terms


def _sources(command: AuditFiles) -> list[Source]:
    files = [(table, file) for table in LARGE for file in command.files_of(table)]
    return [Source(n, table, str(file.absolute())) for n, (table, file) in enumerate(files)]


def _gather(pieces: Iterator[Piece], folder: Path) -> list[FileRead]:
    """Lay what was found into *folder*; what the files held, in their order. Raises BadInput when a worker refused."""
    reads = []
    for number, (what, data) in enumerate(pieces):
        if what == REFUSED:
            raise BadInput(**json.loads(data))
        if what == READ:
            reads.append(FileRead(**json.loads(data)))
            continue
        (folder / what).mkdir(exist_ok=True)
        (folder / what / f"{number}.parquet").write_bytes(data)
    return sorted(reads, key=lambda read: read.number)


def _intaken(reader: Reader, reads: list[FileRead]) -> Intaken:
    """Problems in the order of the inputs, whoever met them."""
    by_table: dict[str, list[Problem]] = {table: [] for table in TABLES}
    for read in reads:
        by_table[read.table].extend(Problem(*one) for one in read.problems)
    for table in TERMS:
        by_table[table].extend(reader.problems_of(table))
    problems = [problem for found in by_table.values() for problem in found]
    return Intaken(sum(read.rows for read in reads if read.table == "sales"), problems)


def _merged(folder: Path) -> Found:
    """Rows of all shards; what several shards say of one total or currency is added."""
    rows = {
        one.name: f"from read_parquet('{folder}/{one.name}/*.parquet')" for one in fields(Found)
    }
    sums = ", ".join(f"sum({name}) as {name}" for name in ("expected", "paid"))
    return Found(
        discrepancies=rows["discrepancies"],
        totals=f"select payee, currency, statement_month, {sums} {rows['totals']} group by all",
        suspense=rows["suspense"],
        gross=f"select currency, sum(gross) as gross, sum(suspense) as suspense {rows['gross']} group by all",
        counts=f"select cast(sum(cells) as bigint), cast(sum(discrepancies) as bigint) {rows['counts']}",
    )
