"""Lines of a file, and what they change, on disk while they are looked at: memory does not grow with the file.

A database of its own for each file, in a temporary file without a name that goes when it is closed.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from app.kernel.words import words as _
from app.terms.queries.rows import BINDINGS
from app.terms.rules.changes import Stored
from app.terms.rules.reading import Fault, Line
from app.terms.rules.rows import Row, Table

TOGETHER = 2_000
"""Lines that are compared at once, and more where one recording has more."""
MOST_TOGETHER = 50_000
BATCH = 2_000
_IN_ORDER = "select name, content from line order by name, place"
_BATCHED = "select content from {} order by place"


class KeptLines:
    """The lines of one file, by what they name. To be closed."""

    def __init__(self, table: Table, lines: Iterable[Line]) -> None:
        """Takes all of *lines*. Raises what they raise, `Fault` where one recording has too many."""
        self._binding = BINDINGS[table]
        self._db = _database(
            "create table line (name text, place integer primary key, content blob)"
        )
        try:
            _fill(self._db, "line (name, content)", lines, lambda line: (line.row.key[0], self._packed(line)))  # fmt: skip
            self._db.execute("create index by_name on line (name, place)")
            self._refuse_crowd()
        except BaseException:
            self.close()
            raise

    def together(self) -> Iterator[list[Line]]:
        """Some at a time, all of one recording (payee, contract, month) in one list, in their order."""
        found: list[Line] = []
        with closing(self._db.execute(_IN_ORDER)) as rows:
            for _name, group in groupby(rows, key=lambda row: row[0]):
                if len(found) >= TOGETHER:
                    yield found
                    found = []
                found += [self._line(content) for _same, content in group]
        if found:
            yield found

    def close(self) -> None:
        """What it kept goes."""
        self._db.close()

    def _refuse_crowd(self) -> None:
        crowd = self._db.execute(
            "select content from line where place in (select max(place) from line group by name having count(*) > ?)",
            (MOST_TOGETHER,),
        ).fetchone()
        if crowd is not None:
            line = self._line(crowd[0])
            words = _("More than %(most)d lines are of “%(value)s”.", most=MOST_TOGETHER, value=line.row.key[0])  # fmt: skip
            raise Fault("too_much", words, line.number, file=line.file)

    def _packed(self, line: Line) -> bytes:
        return _bytes((line.number, line.file, self._binding.values(line.row)))

    def _line(self, content: bytes) -> Line:
        number, file, values = _said(content)
        return Line(number, self._binding.row(SimpleNamespace(**values)), file)


class KeptChange:
    """Rows that end and begin, and payees that nobody knows; counted and kept in their order. To be closed."""

    def __init__(self, table: Table) -> None:
        self._binding = BINDINGS[table]
        self._db = _database(
            "create table ending (place integer primary key, content blob)",
            "create table beginning (place integer primary key, content blob)",
            "create table unknown (name text primary key) without rowid",
        )
        self.ends = self.begins = self.same = 0

    def add(self, ends: Iterable[Stored], begins: Iterable[Row], same: int) -> None:
        """Some of them more."""
        self.ends += _fill(self._db, "ending (content)", ends, lambda one: (_bytes(one.id),))
        self.begins += _fill(
            self._db,
            "beginning (content)",
            begins,
            lambda row: (_bytes(self._binding.values(row)),),
        )
        self.same += same

    def add_unknown(self, names: Iterable[str]) -> None:
        """Payees, each once."""
        self._db.executemany(
            "insert or ignore into unknown values (?)", ((name,) for name in names)
        )

    def unknown(self, most: int) -> tuple[str, ...]:
        """The first of them in order."""
        rows = self._db.execute("select name from unknown order by name limit ?", (most,))
        return tuple(name for (name,) in rows)

    def every_ending(self) -> Iterator[object]:
        """Place in the database of each row that ends."""
        return self._every("ending")

    def every_beginning(self) -> Iterator[dict[str, object]]:
        """Columns of each row that begins."""
        return self._every("beginning")

    def close(self) -> None:
        """What it kept goes."""
        self._db.close()

    def _every(self, table: str) -> Iterator[Any]:
        with closing(self._db.execute(_BATCHED.format(table))) as rows:
            for (content,) in rows:
                yield _said(content)


def _database(*tables: str) -> sqlite3.Connection:
    """Nothing of it outlives the connection, so nothing is written twice for safety."""
    made = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    for statement in ("pragma journal_mode = off", "pragma synchronous = off", *tables, "begin"):
        made.execute(statement)
    return made


def _fill(
    db: sqlite3.Connection, where: str, items: Iterable[Any], cells: Callable[[Any], tuple[Any, ...]]
) -> int:  # fmt: skip
    marks = ", ".join("?" for _name in where.split(","))
    made = db.executemany(f"insert into {where} values ({marks})", map(cells, items))  # noqa: S608 - names of our own
    return max(made.rowcount, 0)


def _bytes(said: object) -> bytes:
    return pickle.dumps(said, pickle.HIGHEST_PROTOCOL)


def _said(content: bytes) -> Any:
    return pickle.loads(content)  # noqa: S301 - what `_bytes` wrote, where nobody else writes
