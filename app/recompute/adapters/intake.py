"""Sales and payments as numbers: a row of text is looked up in the names, which is its validation as well.

A known name is a well-formed one, so only amounts are tested row by row. A row with a name not met before, or an
amount that 64 bits may not hold, keeps its text in `rest` and is tested, learned and cast one by one after its file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from app.kernel.columns import PATTERNS, Kind
from app.recompute.adapters import exact
from app.recompute.adapters.names import NORMAL_ISRC, WHAT, Names, is_normal_isrc
from app.recompute.adapters.plans import joined_as_written
from app.recompute.rules.inputs import TABLES


@dataclass(frozen=True, slots=True)
class Intake:
    """Rows of *table* into a table of that name: numbers for names, *amount* as *kind*, and `rest`."""

    con: duckdb.DuckDBPyConnection
    names: Names
    table: str
    amount: str
    kind: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that hold names."""
        return tuple(name for name, _kind in TABLES[self.table] if name in WHAT)

    def open(self) -> None:
        """Make the table."""
        codes = ", ".join(f"{name} {_type(name)}" for name in self.columns)
        self.con.execute(
            f"create table {self.table} ({codes}, {self.amount} {self.kind}, rest varchar[])"
        )

    def learn(self, sample: Mapping[str, set[str]]) -> bool:
        """Give numbers to names that are likely to come; whether recordings are spelled in their normal form."""
        for column, names in sample.items():
            self.names.learn_these(column, names)
        return all(map(is_normal_isrc, sample["isrc"]))

    def take(self, source: str, *, is_normal: bool) -> int:
        """Read all rows of *source*; how many. Where *is_normal*, a recording spelled otherwise is a name not met."""
        codes = ", ".join(f"{name}_of.code" for name in self.columns)
        joins = self._look_up("left join", is_normal=is_normal)
        unknown = " or ".join(f"{name}_of.code is null" for name in self.columns)
        texts = ", ".join(f"r.{name}" for name, _kind in TABLES[self.table])
        value = self._value()
        with joined_as_written(self.con):
            row = self.con.execute(f"""
                insert into {self.table}
                select {codes}, case when r.is_plain then {value} end,
                       case when not r.is_plain or {unknown} then [{texts}] end
                from (select *, {self._plain()} as is_plain from ({source})) r {joins}""").fetchone()
        return int(row[0]) if row else 0

    def take_rest(self, good: str) -> int:
        """Bring in what kept its text; how many rows are malformed (*good*: the test of a row of text)."""
        texts = ", ".join(
            f"rest[{n}] as {name}" for n, (name, _kind) in enumerate(TABLES[self.table], start=1)
        )
        self.con.execute(f"""
            create or replace temp table remaining as
            select *, ({good}) as good from (select {texts} from {self.table} where rest is not null)""")
        row = self.con.execute(
            "select count(*), count(*) filter (where good) from remaining"
        ).fetchone()
        there, fine = row or (0, 0)
        if there:
            self.con.execute(f"delete from {self.table} where rest is not null")
        if fine:
            self._take_good()
        return int(there - fine)

    def _take_good(self) -> None:
        for column in self.columns:
            self.names.learn(column, f"select distinct {column} as name from remaining where good")
        codes = ", ".join(f"{name}_of.code" for name in self.columns)
        joins = self._look_up("join", is_normal=False)
        amount = f"cast(r.{self.amount} as decimal(38,12))"
        value = exact.units_of(amount) if self.kind == "hugeint" else amount
        self.con.execute(
            f"insert into {self.table} select {codes}, {value}, null from remaining r {joins} where r.good"
        )

    def _look_up(self, join: str, *, is_normal: bool) -> str:
        """The joins that turn the names of rows `r` into numbers."""
        written = {name: f"r.{name}" for name in self.columns}
        if not is_normal:
            written["isrc"] = NORMAL_ISRC.format("r.isrc")
        return " ".join(
            f"{join} {WHAT[name]}_name {name}_of on {name}_of.name = {text}"
            for name, text in written.items()
        )

    def _plain(self) -> str:
        tests = [exact.is_narrow(self.amount)]
        tests += [
            f"regexp_full_match({name}, '{PATTERNS[kind]}')"
            for name, kind in TABLES[self.table]
            if kind is Kind.COUNT
        ]
        return " and ".join(tests)

    def _value(self) -> str:
        if self.kind == "hugeint":
            return exact.units_of_text(f"r.{self.amount}")
        return f"cast(r.{self.amount} as decimal(18,12))"


def _type(column: str) -> str:
    """There are 676 territories and 17,576 currencies at most."""
    return "usmallint" if column in {"territory", "currency"} else "integer"
