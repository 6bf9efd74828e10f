"""Files into typed tables of the database: good rows only; what is malformed is named with its line.

CSV is read as text and cast here, never sniffed (a sniffed money column becomes a binary float). Lines of bad
values are looked for only when there are some: by a second, slow reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from app.kernel.columns import PATTERNS, WHOLE_DIGITS, Kind
from app.kernel.words import words as _
from app.recompute.adapters.intake import Intake
from app.recompute.adapters.malformed import lines_at, second_reading
from app.recompute.adapters.sampling import FIELD_LIMIT, header_of, sample_of
from app.recompute.rules.inputs import TABLES, BadInput, Problem, check_header

_CASTS = {
    Kind.RATE: "cast({0} as decimal(38,12))",
    Kind.FRACTION: "cast({0} as decimal(18,8))",
    Kind.ISRC: "upper(replace(replace({0}, '-', ''), ' ', ''))",
}


class Reader:
    """Loads the inputs into *con*; remembers problems and how many rows each table had."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._problems: dict[str, list[Problem]] = {}
        self._sources: dict[str, list[tuple[Path, str]]] = {}
        self.rows: dict[str, int] = {}

    def find(self, files: Mapping[str, tuple[Path, ...]]) -> None:
        """Look at all files before any is read. Raises BadInput for a missing file or column."""
        self._sources = {
            table: [(file, self._source(table, file)) for file in files[table]]
            for table in TABLES
            if table in files
        }

    def hold(self, table: str, query: str) -> None:
        """Take *table* from *query* over Parquet of our own, which has its columns; nothing is looked at."""
        names = ", ".join(_as_text(name) for name, _kind in TABLES[table])
        self._sources[table] = [(Path(f"{table}.parquet"), f"select {names} from ({query})")]

    def load(self, table: str) -> None:
        """Table *table* of its files, as text, amounts as decimals."""
        for file, source in self._sources[table]:
            self._take(table, file, source)

    def stream(self, table: str, intake: Intake) -> None:
        """The rows of a large table as numbers; what the fast way does not know goes the slow way, row by row."""
        intake.open()
        for file, source in self._sources[table]:
            is_normal = intake.learn(sample_of(file, table, self._con, source))
            self._forget_rejects()
            total = intake.take(source, is_normal=is_normal)
            rejected = self._rejected(file)
            self.rows[table] = self.rows.get(table, 0) + total + len(rejected)
            self._tell(table, rejected)
            if intake.take_rest(_good(table)):
                self._look_again(table, file, source, "remaining", rejected)

    @property
    def problems(self) -> list[Problem]:
        """All problems, in the order of the inputs."""
        return [problem for table in TABLES for problem in self.problems_of(table)]

    def problems_of(self, table: str) -> list[Problem]:
        """The problems of one table, in the order of its files."""
        return self._problems.get(table, [])

    def _look_again(
        self, table: str, file: Path, source: str, rows: str, rejected: Iterable[Problem]
    ) -> None:
        """Name what is bad in the rows of the table *rows* that are not good, with their lines."""
        names = ", ".join(_name(name) for name, _kind in TABLES[table])
        bad = set(
            self._con.execute(f"select distinct {names} from {rows} where not good").fetchall()
        )
        lines = {problem.line for problem in rejected}
        self._tell(table, second_reading(table, file, self._con.execute, source, bad, lines))

    def _tell(self, table: str, problems: Iterable[Problem]) -> None:
        self._problems.setdefault(table, []).extend(problems)

    def _forget_rejects(self) -> None:
        for rejects in ("reject_errors", "reject_scans"):
            self._con.execute(f"drop table if exists {rejects}")

    def _source(self, table: str, file: Path) -> str:
        """The statement that reads *file* as text."""
        if not file.is_file():
            raise BadInput(table, "file", _("%(file)s: there is no such file.", file=file.name))
        where = _literal(str(file))
        if file.suffix.lower() == ".parquet":
            found = self._con.execute(f"describe select * from read_parquet({where})").fetchall()
            header = [str(row[0]) for row in found]
            check_header(table, file.name, header)
            names = ", ".join(_as_text(name) for name, _kind in TABLES[table])
            return f"select {names} from read_parquet({where})"
        header = header_of(table, file)
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
        self._con.execute("drop table if exists incoming")
        self._forget_rejects()
        self._con.execute(
            f"create temp table incoming as select *, ({_good(table)}) as good from ({source})"
        )
        total, used = self._con.execute(
            "select count(*), count(*) filter (where good) from incoming"
        ).fetchone() or (0, 0)
        rejected = self._rejected(file)
        self.rows[table] = self.rows.get(table, 0) + total + len(rejected)
        self._tell(table, rejected)
        if used < total:
            self._look_again(table, file, source, "incoming", rejected)
        casts = ", ".join(
            f"{_CASTS.get(kind, '{0}').format(_name(name))} as {_name(name)}"
            for name, kind in TABLES[table]
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
            """select coalesce(line_byte_position, byte_position, 1) - 1 as start, min(lower(cast(error_type as varchar)))
               from reject_errors group by start order by start"""
        ).fetchall()
        lines = lines_at(file, [start for start, _reason in rows])
        return [Problem(file.name, lines[start], "", "", str(reason)) for start, reason in rows]


def _test(name: str, kind: Kind) -> str:
    """The same decision as `fault_of`, in SQL."""
    if kind not in PATTERNS:
        return ""
    column = _name(name)
    test = f"regexp_full_match({column}, {_literal(PATTERNS[kind])})"
    if kind in WHOLE_DIGITS:
        test += f" and length(ltrim(split_part(ltrim({column}, '+-'), '.', 1), '0')) <= {WHOLE_DIGITS[kind]}"
    return f"({test})"


def _good(table: str) -> str:
    """Whether a row of text has no bad value, in SQL."""
    return (
        " and ".join(test for name, kind in TABLES[table] if (test := _test(name, kind))) or "true"
    )


def _as_text(column: str) -> str:
    return f"coalesce(cast({_name(column)} as varchar), '') as {_name(column)}"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
