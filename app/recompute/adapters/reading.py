"""Files into typed tables of the database: good rows only; what is malformed is named with its line.

CSV is read as text and cast here, never sniffed (a sniffed money column becomes a binary float). Lines of bad
values are looked for only when there are some: by a second, slow reading.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from app.kernel.words import words as _
from app.recompute.rules.inputs import (
    PATTERNS,
    TABLES,
    WHOLE_DIGITS,
    BadInput,
    Kind,
    Problem,
    check_header,
    problems_in,
)

FIELD_LIMIT = 16 * 1024 * 1024
"""Bytes of one cell; a longer one is refused by both readers."""
_CASTS = {
    Kind.AMOUNT: "cast({0} as decimal(38,12))",
    Kind.RATE: "cast({0} as decimal(38,12))",
    Kind.FRACTION: "cast({0} as decimal(18,8))",
    Kind.ISRC: "upper(replace(replace({0}, '-', ''), ' ', ''))",
}
_UNUSED = {"sales": ("line_id", "usage", "units")}


class Reader:
    """Loads the inputs into *con*; remembers problems and how many rows each table had."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self.problems: list[Problem] = []
        self.rows: dict[str, int] = {}

    def load(self, table: str, files: tuple[Path, ...]) -> None:
        """Table *table* of all *files*. Raises BadInput for a missing file or column."""
        for file in files:
            source = self._source(table, file)
            self._take(table, file, source)

    def _source(self, table: str, file: Path) -> str:
        """The statement that reads *file* as text."""
        if not file.is_file():
            raise BadInput(table, "file", _("%(file)s: there is no such file.", file=file.name))
        where = _literal(str(file))
        if file.suffix.lower() == ".parquet":
            found = self._con.execute(f"describe select * from read_parquet({where})").fetchall()
            header = [str(row[0]) for row in found]
            check_header(table, file.name, header)
            names = ", ".join(
                f"coalesce(cast({_name(name)} as varchar), '') as {_name(name)}"
                for name, _kind in TABLES[table]
            )
            return f"select {names} from read_parquet({where})"
        header = _header_of(table, file)
        check_header(table, file.name, header)
        columns = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in header)
        names = ", ".join(
            f"coalesce({_name(name)}, '') as {_name(name)}" for name, _kind in TABLES[table]
        )
        return (
            f"select {names} from read_csv({where}, delim=',', quote='\"', escape='\"', header=true, "
            f"auto_detect=false, columns={{{columns}}}, max_line_size={FIELD_LIMIT}, "
            "ignore_errors=true, store_rejects=true)"
        )

    def _take(self, table: str, file: Path, source: str) -> None:
        columns = [column for column in TABLES[table] if column[0] not in _UNUSED.get(table, ())]
        tests = [test for name, kind in TABLES[table] if (test := _test(name, kind))]
        good = " and ".join(tests) or "true"
        self._con.execute("drop table if exists incoming")
        for rejects in ("reject_errors", "reject_scans"):
            self._con.execute(f"drop table if exists {rejects}")
        self._con.execute(
            f"create temp table incoming as select *, ({good}) as good from ({source})"
        )
        total, used = self._con.execute(
            "select count(*), count(*) filter (where good) from incoming"
        ).fetchone() or (0, 0)
        rejected = self._rejected(file)
        self.rows[table] = self.rows.get(table, 0) + total + len(rejected)
        self.problems += rejected
        if used < total:
            self.problems += _slow_problems(table, file, self._con)
        casts = ", ".join(
            f"{_CASTS.get(kind, '{0}').format(_name(name))} as {_name(name)}"
            for name, kind in columns
        )
        made = self._con.execute(
            "select count(*) from duckdb_tables() where table_name = ?", [table]
        ).fetchone()
        verb = f"insert into {table}" if made and made[0] else f"create table {table} as"
        self._con.execute(f"{verb} select {casts} from incoming where good")
        self._con.execute("drop table incoming")

    def _rejected(self, file: Path) -> list[Problem]:
        """Rows whose number of columns is wrong, or whose bytes are no text."""
        there = self._con.execute(
            "select count(*) from duckdb_tables() where table_name = 'reject_errors'"
        ).fetchone()
        if not there or not there[0]:
            return []
        rows = self._con.execute(
            "select line, min(lower(cast(error_type as varchar))) from reject_errors group by line order by line"
        ).fetchall()
        return [Problem(file.name, int(line), "", "", str(reason)) for line, reason in rows]


def _test(name: str, kind: Kind) -> str:
    """The same decision as `fault_of`, in SQL."""
    if kind not in PATTERNS:
        return ""
    column = _name(name)
    test = f"regexp_full_match({column}, {_literal(PATTERNS[kind])})"
    if kind in WHOLE_DIGITS:
        test += f" and length(ltrim(split_part(ltrim({column}, '+-'), '.', 1), '0')) <= {WHOLE_DIGITS[kind]}"
    return f"({test})"


def _slow_problems(table: str, file: Path, con: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    """The second reading: each bad value with its line (of a Parquet file: its row, counted from 2)."""
    columns = TABLES[table]
    if file.suffix.lower() == ".parquet":
        names = [name for name, _kind in columns]
        rows = con.execute(f"select {', '.join(map(_name, names))} from incoming").fetchall()
        for number, values in enumerate(rows, start=2):
            yield from problems_in(
                file.name, number, dict(zip(names, values, strict=True)), columns
            )
        return
    with _text_of(file) as text:
        reader = csv.reader(text, strict=True)
        header = next(reader)
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) == len(header):
                row = dict(zip(header, cells, strict=True))
                yield from problems_in(file.name, line, row, columns)
            line = reader.line_num + 1


def _header_of(table: str, file: Path) -> list[str]:
    with _text_of(file) as text:
        try:
            return next(csv.reader(text), [])
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadInput(
                table, "unreadable", _("%(file)s: the first line is no CSV.", file=file.name)
            ) from error


@contextmanager
def _text_of(file: Path) -> Iterator[Iterator[str]]:
    csv.field_size_limit(FIELD_LIMIT)
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        yield text


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
