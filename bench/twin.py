"""The bare twin of an act: the rows that the product really wrote, written again by plain statements.

The act is done over the wire while a trigger on every table notes what is written. From that the plain statements are
made: each inserted row with keys of its own, each changed row's changed columns. No session, no permissions, no limits:
the tables of those are left out. So the twin writes the same rows (DECISIONS 14) and answers the same text.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from bench.server import Ask, Server

NOT_THE_ACT = frozenset({"session", "api_token", "rate_bucket", "idempotency_key"})
"""Who asks, how often, and whether again: the bare page knows nothing of it either."""
NOTES = """
create table bench_note (id bigint generated always as identity, name text, op text, before jsonb, row jsonb);
create function bench_noted() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into bench_note (name, op, before, row) values (tg_table_name, tg_op,
    case when tg_op <> 'INSERT' then to_jsonb(old) end, case when tg_op <> 'DELETE' then to_jsonb(new) end);
  return null;
end $$;
"""
WATCH = """
create trigger zz_bench after insert or update or delete on {0} for each row execute function bench_noted();
alter table {0} enable always trigger zz_bench
"""
TABLES = """
select relname from pg_class
where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'bench_note' order by 1
"""
COLUMNS = """
select attname, atttypid::regtype::text from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
where attrelid = %s::regclass and attnum > 0 and not attisdropped and attidentity = '' and attgenerated = ''
and pg_get_expr(adbin, adrelid) not like 'nextval(%%' is not false order by attnum
"""
UNIQUE = """
select array(select attname::text from pg_attribute where attrelid = indrelid and attnum = any(indkey) order by attnum), indisprimary
from pg_index where indrelid = %s::regclass and indisunique
"""
SLOT = re.compile(r"\x00(-?\d+)\x00")
DIGITS = 8
"""Letters at the end of a text that must be unique, made anew."""
NUMBERS = frozenset({"smallint", "integer", "bigint"})
TEXTS = frozenset({"text", "character varying", "bytea"})

Value = str | list[str | int] | None
"""A text as PostgreSQL reads it, nothing, or texts between slots; see `filled`."""


@dataclass(frozen=True)
class Plain:
    """One plain statement and its values."""

    statement: str
    values: list[Value]


@dataclass(frozen=True)
class Call:
    """One request of the act: the text of its answer, and what it writes."""

    answer: str
    writes: list[Plain]


@dataclass(frozen=True)
class TwinAct:
    """All requests of an act in their order, and how many rows of which table they write."""

    calls: list[Call]
    rows: Mapping[str, int]

    def told(self) -> list[dict[str, Any]]:
        """For the floor's server."""
        return [asdict(call) for call in self.calls]

    def asks(self, name: str, before: Ask | None = None) -> Ask:
        """One call after the other of the floor, *before* first; each time other keys."""

        def ask(wire: http.client.HTTPConnection) -> None:
            if before:
                before(wire)
            turn = secrets.token_hex(8)
            for number, _call in enumerate(self.calls):
                wire.request("POST", f"/act/{name}/{number}", turn)
                answer = wire.getresponse()
                answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"/act/{name}/{number}: {answer.status}")

        return ask


def filled(values: Sequence[Value], turn: str) -> list[str | None]:
    """The values of one turn: slot n is its nth key (a UUID), slot -n its nth run of digits."""
    return [
        value if value is None or isinstance(value, str)
        else "".join(part if isinstance(part, str) else _made(turn, part) for part in value)
        for value in values
    ]  # fmt: skip


def _made(turn: str, slot: int) -> str:
    found = hashlib.md5(f"{turn}{slot}".encode(), usedforsecurity=False).hexdigest()
    return found if slot >= 0 else f"{int(found, 16) % 10**DIGITS:0{DIGITS}}"


class Watched(http.client.HTTPConnection):
    """A connection that keeps the text of each answer and how far the notes had come by then."""

    def __init__(self, server: Server, notes: psycopg.Connection[Any]) -> None:
        super().__init__("127.0.0.1", server.port, timeout=60)
        self._notes = notes
        self.heard: list[tuple[str, int]] = []

    def getresponse(self) -> Any:
        """The answer, read already."""
        answer = super().getresponse()
        text = answer.read()
        answer.read = lambda *_size: text  # type: ignore[method-assign]
        self.heard.append((text.decode(), _last(self._notes)))
        return answer


@contextmanager
def noting(superuser: str) -> Iterator[psycopg.Connection[Any]]:
    """Every written row is noted meanwhile, whoever writes it; nothing of that is left behind."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        tables = [name for (name,) in connection.execute(TABLES) if name not in NOT_THE_ACT]
        connection.execute(NOTES)
        for name in tables:
            connection.execute(sql.SQL(WATCH).format(sql.Identifier(name)))
        try:
            yield connection
        finally:
            for name in tables:
                connection.execute(sql.SQL("drop trigger zz_bench on {}").format(sql.Identifier(name)))  # fmt: skip
            connection.execute("drop table bench_note; drop function bench_noted()")


def twin_of(server: Server, notes: psycopg.Connection[Any], ask: Ask) -> TwinAct:
    """Do the act twice, since the first may write what is there from then on; the twin of the second."""
    wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    ask(wire)
    wire.close()
    begun = _last(notes)
    watched = Watched(server, notes)
    ask(watched)
    watched.close()
    noted = _noted(notes, begun)
    maker = _Maker(notes, noted)
    calls = []
    for text, until in watched.heard:
        mine = [one for one in noted if begun < one["id"] <= until]
        calls.append(Call(text, maker.plain(mine)))
        begun = until
    return TwinAct(calls, _counted(noted))


def written(notes: psycopg.Connection[Any], work: Callable[[], None]) -> Mapping[str, int]:
    """How many rows of which table are written by *work*."""
    begun = _last(notes)
    work()
    return _counted(_noted(notes, begun))


def _last(notes: psycopg.Connection[Any]) -> int:
    row = notes.execute("select coalesce(max(id), 0) from bench_note").fetchone()
    assert row is not None
    return int(row[0])


def _noted(notes: psycopg.Connection[Any], begun: int) -> list[dict[str, Any]]:
    with notes.cursor(row_factory=dict_row) as cursor:
        asked = "select * from bench_note where id > %s order by id"
        return cursor.execute(asked, (begun,)).fetchall()


def _counted(noted: Sequence[Mapping[str, Any]]) -> Mapping[str, int]:
    return Counter(f"{one['op'].lower()} {one['name']}" for one in noted)


class _Table:
    """What is known of a table: columns with their types, but those that the database fills; its key; what is unique."""

    def __init__(self, connection: psycopg.Connection[Any], name: str) -> None:
        self.name = sql.Identifier(name)
        quoted = f'"{name}"'
        self.kinds: dict[str, str] = dict(connection.execute(COLUMNS, (quoted,)).fetchall())
        found = connection.execute(UNIQUE, (quoted,)).fetchall()
        self.key: list[str] = next((columns for columns, primary in found if primary), [])
        self.unique: list[list[str]] = [columns for columns, _primary in found]
        columns = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(one)) for one in self.kinds)  # fmt: skip
        self._texts = sql.SQL("select {} from jsonb_populate_record(null::{}, %s::text::jsonb)").format(columns, self.name)  # fmt: skip

    @cached_property
    def makes_its_key(self) -> bool:
        """One UUID is the whole key."""
        return len(self.key) == 1 and self.kinds.get(self.key[0]) == "uuid"

    def texts(self, connection: psycopg.Connection[Any], row: Any) -> dict[str, str | None]:
        """A noted row as PostgreSQL would read it."""
        found = connection.execute(self._texts, (json.dumps(row),)).fetchone()
        assert found is not None
        return dict(zip(self.kinds, found, strict=True))


class _Maker:
    """Makes the plain statements of the noted rows of one act; keys that it made are slots in all of them."""

    def __init__(
        self, connection: psycopg.Connection[Any], noted: Sequence[Mapping[str, Any]]
    ) -> None:
        self._connection = connection
        self._tables = {
            name: _Table(connection, name) for name in sorted({one["name"] for one in noted})
        }
        made = [
            one["row"][self._tables[one["name"]].key[0]]
            for one in noted
            if one["op"] == "INSERT" and self._tables[one["name"]].makes_its_key
        ]
        self._slots = {key: number for number, key in enumerate(dict.fromkeys(made))}
        self._digits = 0

    def plain(self, noted: Sequence[Mapping[str, Any]]) -> list[Plain]:
        """Rows that follow each other into one table go as one statement."""
        found = []
        for (name, op), several in groupby(noted, key=lambda one: (one["name"], one["op"])):
            table = self._tables[name]
            if op == "INSERT":
                found.append(self._inserted(table, [one["row"] for one in several]))
            elif op == "UPDATE":
                found += [self._updated(table, one["before"], one["row"]) for one in several]
            else:
                found += [self._deleted(table, one["before"]) for one in several]
        return found

    def _inserted(self, table: _Table, rows: list[Any]) -> Plain:
        values: list[Value] = []
        for row in rows:
            texts = table.texts(self._connection, row)
            values += self._unlike(table, texts).values()
        line = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(table.kinds)))
        statement = sql.SQL("insert into {} ({}) values {}").format(
            table.name,
            sql.SQL(", ").join(map(sql.Identifier, table.kinds)),
            sql.SQL(", ").join([line] * len(rows)),
        )
        return Plain(statement.as_string(self._connection), values)

    def _updated(self, table: _Table, before: Any, row: Any) -> Plain:
        changed = [name for name in table.kinds if before[name] != row[name]]
        texts = table.texts(self._connection, row)
        sets = self._unlike(table, {name: texts[name] for name in changed})
        if not sets:  # a lock that writes the row as it is
            sets = {name: self._value(texts[name]) for name in list(table.kinds)[:1]}
        statement = sql.SQL("update {} set {} where {}").format(
            table.name, _pairs(list(sets), ", "), _pairs(table.key, " and ")
        )
        return Plain(
            statement.as_string(self._connection), [*sets.values(), *self._where(table, before)]
        )

    def _deleted(self, table: _Table, before: Any) -> Plain:
        statement = sql.SQL("delete from {} where {}").format(
            table.name, _pairs(table.key, " and ")
        )
        return Plain(statement.as_string(self._connection), self._where(table, before))

    def _where(self, table: _Table, row: Any) -> list[Value]:
        return [self._value(str(row[name])) for name in table.key]

    def _unlike(self, table: _Table, texts: Mapping[str, str | None]) -> dict[str, Value]:
        """The values of a row, other in each turn where the table wants them to be: nothing differs from nothing, a slot
        does so by itself, and of other columns the last one that may is made anew.
        """
        values = {name: self._value(text) for name, text in texts.items()}
        for columns in table.unique:
            mine = [name for name in columns if name in texts]
            if all(isinstance(values[name], str) for name in mine):
                able = [name for name in mine if table.kinds[name] in NUMBERS | TEXTS]
                for name in able[-1:]:
                    values[name] = self._anew(str(texts[name]), table.kinds[name])
        return values

    def _anew(self, text: str, kind: str) -> list[str | int]:
        self._digits += 1
        return ["1" if kind in NUMBERS else text[:-DIGITS], -self._digits, ""]

    def _value(self, text: str | None) -> Value:
        if text is None:
            return None
        for key, slot in self._slots.items():
            text = text.replace(key, f"\x00{slot}\x00")
        parts = SLOT.split(text)
        return parts[0] if len(parts) == 1 else [int(part) if at % 2 else part for at, part in enumerate(parts)]  # fmt: skip


def _pairs(names: Sequence[str], between: LiteralString) -> sql.Composed:
    return sql.SQL(between).join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder()) for name in names
    )
