"""Names as small numbers: months, stores, territories, recordings, payees, currencies.

A row of millions holds numbers; names come back when something is written. Numbers are dense and mean nothing else,
so a place or a key is one product of them (`packed`). A recording is known by its normal form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb

from app.recompute.rules.inputs import ISRC_SHAPE

NORMAL_ISRC = "upper(replace(replace({0}, '-', ''), ' ', ''))"
WHAT: Mapping[str, str] = {
    "statement_month": "month", "sale_month": "month", "store": "store", "territory": "territory",
    "isrc": "isrc", "payee": "payee", "currency": "currency",
}  # fmt: skip
"""Which names a column holds."""
PLACE = ("statement_month", "sale_month", "store", "territory", "isrc")
_LARGEST = 2**63 - 1


class Names:
    """The tables `month_name`, `store_name` … (code, name) of *con*."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        for what in dict.fromkeys(WHAT.values()):
            con.execute(f"create table {what}_name (code integer, name varchar)")

    def learn(self, column: str, found: str) -> None:
        """Give numbers to the names of *column* in the query *found* (one column, `name`) that have none yet."""
        what = WHAT[column]
        normal = NORMAL_ISRC.format("name") if what == "isrc" else "name"
        self._con.execute(f"""
            insert into {what}_name
            select (select count(*) from {what}_name) + row_number() over () - 1, name
            from (select distinct {normal} as name from ({found})) anti join {what}_name using (name)""")

    def learn_these(self, column: str, names: Iterable[str]) -> None:
        """The same for names in hand."""
        self._con.execute("create or replace temp table heard (name varchar)")
        self._con.execute("insert into heard select unnest($1)", [sorted(names)])
        self.learn(column, "select name from heard")

    def close(self) -> None:
        """No more names come: months get their number in time, recordings whether they are well formed."""
        self._con.execute("""
            create or replace table month_number as
            select code, cast(name[1:4] as integer) * 12 + cast(name[6:7] as integer) as number from month_name""")
        self._con.execute(f"""
            create or replace table isrc_good as
            select code as isrc from isrc_name where regexp_full_match(name, '{ISRC_SHAPE}')""")

    def count(self, column: str) -> int:
        """How many names *column* can hold; at least one."""
        row = self._con.execute(f"select count(*) from {WHAT[column]}_name").fetchone()
        return max(row[0] if row else 0, 1)

    def sizes(self, *columns: str) -> dict[str, int]:
        """The counts of *columns*."""
        return {column: self.count(column) for column in columns}


def is_normal_isrc(text: str) -> bool:
    """Whether *text* is its own normal form."""
    return text == text.upper().replace("-", "").replace(" ", "")


def key_type(sizes: Iterable[int]) -> str:
    """The narrowest type that holds a packed key of *sizes*."""
    product = 1
    for size in sizes:
        product *= size
    return "bigint" if product <= _LARGEST else "hugeint"


def packed(sizes: Mapping[str, int], kind: str, table: str = "", **others: str) -> str:
    """One number of the columns of *sizes*, the first the most significant; *others*: another expression for a column."""
    prefix = f"{table}." if table else ""
    value = ""
    for column, size in sizes.items():
        code = f"cast({others.get(column, prefix + column)} as {kind})"
        value = f"({value} * {size} + {code})" if value else code
    return value


def unpacked(sizes: Mapping[str, int], key: str) -> str:
    """The columns of *sizes* again, from *key*, as a list of selected columns."""
    below, columns = 1, []
    for column, size in reversed(tuple(sizes.items())):
        columns.append(f"cast({key} // {below} % {size} as integer) as {column}")
        below *= size
    return ", ".join(reversed(columns))


def named(table: str, columns: Iterable[str]) -> tuple[str, str]:
    """Selected columns with the names of *columns* of *table*, and the joins that find them."""
    wanted = tuple(columns)
    selected = ", ".join(f"{column}_of.name as {column}" for column in wanted)
    joins = " ".join(
        f"join {WHAT[column]}_name {column}_of on {column}_of.code = {table}.{column}"
        for column in wanted
    )
    return selected, joins
