"""Lines as Parquet, one file a source and statement month.

Lines are staged as text on disk and typed by the database engine: money never becomes a binary float, and memory
does not grow with the file.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote

from app.statements.rules.lines import Line
from app.statements.rules.totals import EXACT

if TYPE_CHECKING:
    import duckdb

UNIT = "\x1f"
"""Parts the cells of a row."""
MEMORY = "128MB"
_TYPES = {
    "number": "integer",
    "occurrence": "integer",
    "units": "decimal(38,24)",
    "amount": "decimal(38,24)",
}
_COLUMNS = ("source", "position", *Line._fields)
GROUP = 20_000
"""Lines that are held before they are written."""
MOST_PARTS = 1000
"""Pairs of source and month in one file."""


@dataclass(slots=True)
class Written:
    """What lies in one file. *sums* by currency; *rows*: sum of the keys, whatever their order."""

    source: str
    statement_month: str
    path: Path = field(default_factory=Path)
    line_count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)
    sale_from: str = "9999-12"
    sale_until: str = ""
    rows: int = 0

    @property
    def rows_hash(self) -> str:
        """32 hex digits."""
        return f"{self.rows:032x}"

    def add(self, line: Line) -> None:
        """Count *line* in."""
        self.line_count += 1
        self.sums[line.currency] = EXACT.add(self.sums.get(line.currency, Decimal(0)), line.amount)
        self.sale_from = min(self.sale_from, line.sale_month)
        self.sale_until = max(self.sale_until, line.sale_until)
        key = line.key
        if (
            line.native_id
        ):  # An id says which line it is; whether two files say the same, all of it does.
            said = UNIT.join(line.cells).encode("utf-8", "surrogatepass")
            key = blake2b(said, digest_size=16).digest()
        self.rows = (self.rows + int.from_bytes(key, "big") * line.occurrence) % (1 << 128)


class LineStore:
    """Takes lines one by one; `finish` makes the files in *folder*. Use as a context."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._staged = folder / "lines.csv"
        self._parts: dict[tuple[str, str], Written] = {}
        self._count = 0

    def __enter__(self) -> Self:
        self._file = self._staged.open("w", encoding="utf-8", newline="")
        self._write = csv.writer(self._file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, line: Line) -> None:
        """Stage *line*."""
        self._count += 1
        source = line.format.partition("/")[0]
        part = self._parts.get((source, line.statement_month))
        if part is None:
            part = Written(source, line.statement_month)
            self._parts[source, line.statement_month] = part
        part.add(line)
        cells = UNIT.join(line.cells)
        self._write((source, self._count, *line[:3], line.key.hex(), *line[4:-1], cells))

    def finish(self) -> tuple[Written, ...]:
        """Write the Parquet files; by source and month. The staged text is removed."""
        self._file.close()
        out = self._folder / "parts"
        typed = ", ".join(
            f"cast({name} as {_TYPES.get(name, 'varchar')}) as {name}" for name in _COLUMNS[2:]
        )
        with engine_in(self._folder) as engine:
            engine.execute(
                f"copy (select source, statement_month as month, cast(position as integer) as position, {typed} "  # noqa: S608
                f"from {_staged(self._staged)}) to {literal(out)} "
                f"(format parquet, compression zstd, partition_by (source, month), row_group_size {GROUP})"
            )
        self._staged.unlink()
        files = sorted(out.rglob("*.parquet"))
        if len(files) != len(self._parts):
            raise RuntimeError("each source and month is written to one file")
        for file in files:
            source, month = (unquote(part.partition("=")[2]) for part in file.parent.parts[-2:])
            self._parts[source, month].path = file
        return tuple(self._parts[key] for key in sorted(self._parts))


def engine_in(folder: Path) -> duckdb.DuckDBPyConnection:
    """The engine with bounded memory; what does not fit goes to *folder*."""
    import duckdb  # with the first file of lines, not with every web process

    engine = duckdb.connect()
    engine.execute(f"set memory_limit='{MEMORY}'")
    engine.execute(f"set temp_directory={literal(folder / 'spill')}")
    engine.execute("set threads=1")
    engine.execute("set preserve_insertion_order=false")  # `position` keeps the order.
    engine.execute(f"set partitioned_write_max_open_files={MOST_PARTS}")
    engine.execute(f"set partitioned_write_flush_threshold={GROUP}")
    return engine


def _staged(path: Path) -> str:
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in _COLUMNS)
    return (
        f"(select * replace (nullif(units, '') as units) from read_csv({literal(path)}, delim=',', quote='\"', "  # noqa: S608
        f"escape='\"', header=false, auto_detect=false, new_line='\\n', columns={{{columns}}}, "
        "max_line_size=16777216, buffer_size=16777216, parallel=false))"
    )


def literal(path: Path) -> str:
    """*path* in a statement."""
    return "'" + str(path).replace("'", "''") + "'"
