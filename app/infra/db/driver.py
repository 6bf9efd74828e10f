"""The way around the library: words and values to the driver, plain rows back.

A statement is prepared once for a connection and asked by its name after that, in one round trip, without the
cursor that the driver makes for statements it does not know (ADR 0054).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn, cast

from psycopg import Error, OperationalError, ProgrammingError, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

PREPARED = 300
"""Statements that a connection keeps prepared here: those of all pages that people live in."""
_KEPT, _COUNT, _DOUBTED = "redress_prepared", "redress_prepared_count", "redress_prepared_doubted"
KEPT = 4096
"""Statements whose words a process keeps ready."""
_MARK = re.compile(r"%(?:\((\w+)\)s|%)")
_GOOD = frozenset({pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK})


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A statement that the server knows by *name*, and what its columns are called."""

    name: bytes
    columns: tuple[str, ...]


def fetched(
    connection: Connection, sql: str, bound: Mapping[str, Any]
) -> tuple[Sequence[Sequence[Any]], tuple[str, ...]]:
    """The rows, and the names of their columns. *sql*: with the driver's marks `%(name)s`, never a user's text.

    Whoever counts statements hears of this one as of any other. Raises what the library raises.
    """
    _tell_listeners(connection, sql, bound)
    raw: Any = connection.connection.dbapi_connection
    words, names = _numbered(sql)
    adapter = Transformer(raw)
    try:
        given = adapter.dump_sequence(
            [_given(bound, name) for name in names], [PyFormat.AUTO] * len(names)
        )
        known = _prepared(connection, raw.pgconn, words, adapter.types or ())
        result = _good(raw.pgconn.exec_prepared(known.name, given, adapter.formats, pq.Format.TEXT))
        adapter.set_pgresult(result)
        return adapter.load_rows(0, result.ntuples, tuple), known.columns
    except Error as error:
        _raise_as_the_library(connection, sql, bound, error)


def copied(connection: Connection, into: str, rows: Iterable[Sequence[Any]]) -> None:
    """Write many *rows* by COPY. *into*: the table and its columns, never a user's text. Raises what the library raises.

    Not for a table with walls by row: the database refuses COPY there.
    """
    raw: Any = connection.connection.dbapi_connection
    words = f"copy {into} from stdin"
    _tell_listeners(connection, words, {})
    try:
        with raw.cursor() as cursor, cursor.copy(words) as copy:
            for row in rows:
                copy.write_row(row)
    except Error as error:
        _raise_as_the_library(connection, words, {}, error)


def tell(connection: Connection, settings: Mapping[str, str]) -> None:
    """Set *settings* for this transaction only, in the same round trip as its begin when it has not begun.

    Raises what the library raises.
    """
    raw: Any = connection.connection.dbapi_connection
    told = "; ".join(f"set local {name} = {_quoted(value)}" for name, value in settings.items())
    try:
        is_new = raw.pgconn.transaction_status == pq.TransactionStatus.IDLE
        _good(raw.pgconn.exec_(f"begin; {told}".encode() if is_new else told.encode()))
    except Error as error:
        _raise_as_the_library(connection, told, {}, error)


def end(connection: Connection, *, keep: bool) -> None:
    """The end of a transaction that `tell` began and only `fetched` used. Raises what the library raises when it should be kept."""
    if connection.invalidated:
        return
    raw: Any = connection.connection.dbapi_connection
    words = b"commit" if keep else b"rollback"
    try:
        _good(raw.pgconn.exec_(words))
    except Error as error:
        if keep:
            _raise_as_the_library(connection, words.decode(), {}, error)
        connection.invalidate(error)


def doubt(connection: Connection) -> None:
    """A transaction on *connection* failed or was taken back: which statements are still prepared is asked before the next."""
    if not connection.invalidated:
        connection.info[_DOUBTED] = True


def _tell_listeners(connection: Connection, sql: str, bound: Mapping[str, Any]) -> None:
    for heard in connection.dispatch.before_cursor_execute:
        heard(connection, None, sql, bound, None, False)  # noqa: FBT003 - the signature of the event


@lru_cache(KEPT)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """The words as the server takes them, and the name behind each number."""
    names: list[str] = []

    def place(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            return "%"
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _MARK.sub(place, sql).encode(), tuple(names)


def _given(bound: Mapping[str, Any], name: str) -> Any:
    if name not in bound:
        raise ProgrammingError(f"no value for {name}")
    return bound[name]


def _prepared(connection: Connection, door: Any, words: bytes, types: tuple[int, ...]) -> _Prepared:
    """The statement as this connection knows it; the one that was not asked for longest makes room for a new one."""
    kept: OrderedDict[tuple[bytes, tuple[int, ...]], _Prepared]
    kept = connection.info.setdefault(_KEPT, OrderedDict())
    if connection.info.pop(_DOUBTED, False):
        _drop_lost(door, kept)
    key = words, types
    known = kept.get(key)
    if known is not None:
        kept.move_to_end(key)
        return known
    name = b"redress_%d" % connection.info.get(_COUNT, 0)
    connection.info[_COUNT] = connection.info.get(_COUNT, 0) + 1
    _good(door.prepare(name, words, types))
    told = _good(door.describe_prepared(name))
    columns = tuple((told.fname(place) or b"").decode() for place in range(told.nfields))
    kept[key] = _Prepared(name, columns)
    if len(kept) > PREPARED:
        _, oldest = kept.popitem(last=False)
        _good(door.exec_(b"deallocate " + oldest.name))
    return kept[key]


def _drop_lost(door: Any, kept: OrderedDict[Any, _Prepared]) -> None:
    """Forget what the server does not know any more: the driver drops all statements when a transaction fails."""
    told = _good(door.exec_(b"select name from pg_prepared_statements"))
    known = {told.get_value(row, 0) for row in range(told.ntuples)}
    for key in [key for key, one in kept.items() if one.name not in known]:
        del kept[key]


def _good(result: pq.abc.PGresult) -> pq.abc.PGresult:
    if result.status in _GOOD:
        return result
    error = error_from_result(result)
    raise error if error.sqlstate else OperationalError(str(error))  # the server went away


def _quoted(value: str) -> str:
    """A literal; standard strings know no other special character."""
    if "\\" in value or "\0" in value:
        raise ValueError("not a word of ours")
    return "'" + value.replace("'", "''") + "'"


def _raise_as_the_library(
    connection: Connection, sql: str, bound: Mapping[str, Any], error: Error
) -> NoReturn:
    raw: Any = connection.connection.dbapi_connection
    is_lost = connection.dialect.is_disconnect(cast("Any", error), raw, None)
    if is_lost:
        connection.invalidate(error)
    else:
        doubt(connection)
    raise DBAPIError.instance(
        sql, dict(bound), error, Error, connection_invalidated=is_lost, dialect=connection.dialect
    ) from error
