"""A desk of a hundred thousand or a million cases, from the filed cases of the small demo.

Numbers travel by COPY; the database makes rows of them. About 9 % of the cases are open, a case has 5.5 messages
of 800 characters and 0.9 evidence rows in the mean, an artist has four cases. Only the rows' walls and
checks hold here, no triggers: the history of a copied case says the same as that of its pattern.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from psycopg import sql

from app.kernel.refs import make_ref
from app.search.rules import idents_of, tokens_of

OPEN_EVERY = 11
CASES_PER_ARTIST = 4
BODY, BODIES = 800, 400
READERS = 20
RARE, COMMON = "zyzzyva", "recording"
RARE_EVERY = 20_000
SEARCHED = 1_000_000
"""Messages that go into the search index; of more, the first: the keys of all would not fit a small machine."""
WORDS = (
    "recording statement split release store payout account share artist label claim evidence agreement "
    "territory month invoice producer contract license sample stem master publisher withheld corrected "
    "balance period territory notice counter answer question upload waveform chorus verse bridge tempo"
).split()
_CHILDREN = ("case_party", "case_member", "case_filing", "clock", "case_transition", "evidence_item", "history_entry")  # fmt: skip


def fill(superuser: str, count: int, *, seed: int = 7) -> None:
    """Add *count* cases with everything that their pages read."""
    chance = random.Random(seed)  # noqa: S311 - numbers of a bench, not secrets
    with psycopg.connect(superuser) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("set maintenance_work_mem = '512MB'")
        now = connection.execute("select now()").fetchone()
        assert now is not None
        _plan(connection, count, chance, now[0])
        _artists(connection)
        _readers(connection)
        _cases(connection)
        for table in _CHILDREN:
            _children(connection, table)
        connection.execute(
            'update "case" c set next_due_at = soonest.due_at, next_due_kind = soonest.kind from fresh f '
            "join lateral (select due_at, kind from clock where case_id = f.id and ended_at is null and state <> 'paused' "
            "order by due_at, id limit 1) as soonest on true where c.id = f.id and f.is_open"
        )
        connection.execute(
            "insert into history_head (chain, n, hash) select 'case:' || f.id, h.n, h.hash "
            "from fresh f join history_head h on h.chain = 'case:' || f.seed"
        )
        with _without_indexes(connection, ("message", "search_entry", "search_key")):
            _messages(connection, count, chance)
        connection.commit()
        connection.autocommit = True
        connection.execute("vacuum analyze")


def _plan(connection: psycopg.Connection, count: int, chance: random.Random, now: datetime) -> None:
    """Which case is a copy of which, since when, whose, and whether it is open."""
    seeds = [row[0] for row in connection.execute(
        'select id from "case" where submitted_at is not null and round = 1 order by id').fetchall()]  # fmt: skip
    connection.execute(
        "create temp table fresh (n int primary key, id uuid, seed uuid, ref text, idents text[], artist uuid, at timestamptz, is_open boolean)"
    )
    refs: set[str] = set()
    artist = UUID(int=0)
    with connection.cursor().copy("copy fresh from stdin") as copy:
        for n in range(count):
            while (ref := str(make_ref("RD", chance.getrandbits))) in refs:
                pass
            refs.add(ref)
            if n % CASES_PER_ARTIST == 0:
                artist = UUID(int=chance.getrandbits(128))
            is_open = n % OPEN_EVERY == 0
            age = timedelta(minutes=n % 40_000 if is_open else n % 900_000)
            copy.write_row(
                (
                    n,
                    UUID(int=chance.getrandbits(128)),
                    seeds[n % len(seeds)],
                    ref,
                    list(idents_of(ref)),
                    artist,
                    now - age,
                    is_open,
                )
            )
    connection.execute("analyze fresh")


def _artists(connection: psycopg.Connection) -> None:
    connection.execute(
        "insert into person (id, email, name, locale, zone, theme, status, session_version, version, created_at) "
        "select distinct on (artist) artist, 'a' || n || '@bench.example', 'Artist ' || n, 'en', 'UTC', 'system', 'active', 1, 1, at "
        "from fresh order by artist, n"
    )
    connection.execute(
        "insert into role_grant (id, person_id, role, granted_at) "
        "select gen_random_uuid(), artist, 'artist', min(at) from fresh group by artist"
    )


def _readers(connection: psycopg.Connection) -> None:
    """Many agents: one person may search sixty times a minute."""
    connection.execute(
        "insert into person (id, email, name, locale, zone, theme, status, session_version, version, created_at) "
        "select md5('reader' || n)::uuid, 'r' || n || '@bench.example', 'Reader ' || n, 'en', 'UTC', 'system', "
        "'active', 1, 1, now() from generate_series(1, %s) as n",
        (READERS,),
    )
    connection.execute(
        "insert into role_grant (id, person_id, role, granted_at) "
        "select gen_random_uuid(), id, 'agent', now() from person where email like 'r%@bench.example'"
    )


def _cases(connection: psycopg.Connection) -> None:
    closed = {
        "state": "'closed'", "closed_at": "f.at", "outcome": "coalesce(s.outcome, 'answered')", "return_to": "s.return_to",
        "needs_side": "'nobody'", "next_due_at": "null", "next_due_kind": "null", "decided_at": "coalesce(s.decided_at, f.at)",
    }  # fmt: skip
    values = {name: f"case when f.is_open then s.{name} else {value} end" for name, value in closed.items()}  # fmt: skip
    values |= {"id": "f.id", "ref": "f.ref", "created_at": "f.at", "submitted_at": "f.at", "updated_at": "f.at",
               "subject_title": "s.subject_title || ' ' || f.n", "started_by": "f.artist"}  # fmt: skip
    copy_rows(connection, "case", "s.id", values)


def _children(connection: psycopg.Connection, table: str) -> None:
    """Rows that hang on the case, with keys of their own; parties and members of an artist become the copy's."""
    values = {"case_id": "f.id", "id": "md5(f.n || '.' || s.id)::uuid", "client_key": "null"}
    if table in {"case_party", "case_member"}:
        theirs = "s.side = 'complainant'"
        values["person_id"] = f"case when {theirs} then f.artist else s.person_id end"
    if table == "clock":
        values |= {
            "state": "case when f.is_open then s.state when s.state in ('running', 'paused') then 'met' else s.state end",
            "ended_at": "case when f.is_open then s.ended_at else coalesce(s.ended_at, f.at) end",
            "next_wake_at": "case when f.is_open and s.state = 'running' then now() + interval '30 days' end",
            "pause_reason": "case when f.is_open then s.pause_reason end",
            "paused_at": "case when f.is_open then s.paused_at end",
            "started_at": "f.at",
            "due_at": "f.at + (s.due_at - s.started_at)",
            "earliest_at": "f.at + (s.earliest_at - s.started_at)",
        }
    if table == "evidence_item":
        values["object_key"] = "'case/' || f.id || '/' || s.side || '/' || s.sha256"
    if table == "history_entry":
        del values["id"]
        values["chain"] = "'case:' || f.id"
    copy_rows(connection, table, "s.case_id", values, limit="and s.number = 1" if table == "evidence_item" else "")  # fmt: skip


def copy_rows(
    connection: psycopg.Connection, table: str, key: str, values: dict[str, str], limit: str = ""
) -> None:
    """Rows of *table* of the pattern for each fresh case; *values*: what differs, by column."""
    columns = [name for name in _columns(connection, table) if table != "history_entry" or name != "id"]  # fmt: skip
    taken = [sql.SQL(values[name]) if name in values else sql.Identifier("s", name) for name in columns]  # type: ignore[arg-type]  # fmt: skip
    connection.execute(
        sql.SQL("insert into {table} ({columns}) select {taken} from fresh f join {table} s on {key} = f.seed {limit} on conflict do nothing").format(
            table=sql.Identifier(table), columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            taken=sql.SQL(", ").join(taken), key=sql.SQL(key), limit=sql.SQL(limit),  # type: ignore[arg-type]
        )
    )  # fmt: skip


def _messages(connection: psycopg.Connection, count: int, chance: random.Random) -> None:
    """Words of parties and desk by turns, three to eight a case, and their keys."""
    connection.execute("create temp table pool (k int primary key, body text, tokens text[])")
    bodies = [_body(chance) for _ in range(BODIES)]
    bodies.append(f"{RARE} {bodies[0]}"[:BODY])
    write(connection, "pool", ((k, body, list(tokens_of(body))) for k, body in enumerate(bodies)))
    connection.execute("create temp table said (n int, id uuid, k int, minute int, by_desk boolean)")  # fmt: skip
    write(connection, "said", _said(count, chance))
    desk = connection.execute("select person_id from role_grant where role = 'reviewer' limit 1").fetchone()  # fmt: skip
    assert desk is not None
    connection.execute(
        "insert into message (id, sender_id, sender_side, body, language, channel, at, case_id, side, disclosure) "
        "select m.id, case when m.by_desk then %s else f.artist end, case when m.by_desk then 'desk' else 'complainant' end, "
        "p.body, 'en', 'portal', f.at + m.minute * interval '1 minute', f.id, 'complainant', 'private' "
        "from said m join fresh f on f.n = m.n join pool p on p.k = m.k",
        (desk[0],),
    )
    some = f"m.n < {SEARCHED * 2 // 11}"
    connection.execute(
        "insert into search_entry (subject_kind, subject_id, case_id, side, disclosure, title, body, at) "
        "select 'message', m.id, f.id, 'complainant', 'private', '', p.body, f.at from said m join fresh f on f.n = m.n "
        f"join pool p on p.k = m.k where {some}"
    )
    connection.execute(
        "insert into search_key (subject_kind, subject_id, tokens, idents, name) "
        "select 'message', m.id, array_to_tsvector(p.tokens), '{}', '' from said m join pool p on p.k = m.k "
        f"where {some}"
    )
    connection.execute(
        "insert into search_entry (subject_kind, subject_id, case_id, side, disclosure, title, body, at) "
        "select 'case', f.id, f.id, 'complainant', 'shared', c.subject_title, '', f.at from fresh f join \"case\" c on c.id = f.id"
    )
    connection.execute(
        "insert into search_key (subject_kind, subject_id, tokens, idents, name) "
        "select 'case', f.id, coalesce(k.tokens, ''), f.idents, coalesce(k.name, '') from fresh f "
        "left join search_key k on k.subject_kind = 'case' and k.subject_id = f.seed"
    )


@contextmanager
def _without_indexes(connection: psycopg.Connection, tables: tuple[str, ...]) -> Iterator[None]:
    """Plain indexes of *tables* are made after the rows: a tenth of the time."""
    found = connection.execute(
        "select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i "
        "where not i.indisunique and i.indrelid::regclass::text = any (%s)",
        (list(tables),),
    ).fetchall()
    for name, _definition in found:
        connection.execute(f"drop index {name}")
    yield
    for _name, definition in found:
        connection.execute(definition)


def _said(count: int, chance: random.Random) -> Iterator[Sequence[object]]:
    for n in range(count):
        for place in range(3 + n % 6):
            rare = n % RARE_EVERY == 0 and place == 0
            k = BODIES if rare else (n * 7 + place * 13) % BODIES
            yield n, UUID(int=chance.getrandbits(128)), k, place, place % 2 == 1


def _body(chance: random.Random) -> str:
    words = " ".join(chance.choice(WORDS) for _ in range(BODY // 5))
    return words[:BODY].strip()


def write(connection: psycopg.Connection, table: str, rows: Iterator[Sequence[object]]) -> None:
    """COPY *rows* into *table*, which may name its columns."""
    with connection.cursor().copy(f"copy {table} from stdin") as copy:  # type: ignore[arg-type]
        for row in rows:
            copy.write_row(row)


def _columns(connection: psycopg.Connection, table: str) -> list[str]:
    rows = connection.execute(
        "select column_name from information_schema.columns where table_schema = 'public' "
        "and table_name = %s and is_generated = 'NEVER' order by ordinal_position",
        (table,),
    ).fetchall()
    return [row[0] for row in rows]
