"""Where the bench runs: a throw-away PostgreSQL with the demo desk and many copied cases."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from app.infra.db.migrate import upgrade
from app.infra.embedded.stack import EmbeddedStack
from app.kernel.refs import make_ref

FRESH = ("id", "ref", "next_due_at", "updated_at", "created_at", "submitted_at")


@dataclass(frozen=True)
class Place:
    """A running installation: its environment, the superuser's address, the process number of PostgreSQL."""

    environ: dict[str, str]
    superuser: str
    postmaster: int

    def database_cpu(self) -> float:
        """CPU seconds of PostgreSQL's processes up to now."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                words = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(words[1]) == self.postmaster:
                ticks += int(words[11]) + int(words[12])
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def place() -> Iterator[Place]:
    """Start, and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="redress-bench-"))
    folder.chmod(0o755)
    stack = EmbeddedStack(
        {"REDRESS_DATA": str(folder), "REDRESS_LOG_LEVEL": "error", "REDRESS_DEMO_SMALL": "true"}
    )
    try:
        environ = stack.launch()
        upgrade(environ["DATABASE_OWNER_URL"])
        stack.ready()
        assert stack.postgres is not None
        assert stack.postgres.process is not None
        yield Place(environ, stack.postgres.urls().superuser, stack.postgres.process.pid)
    finally:
        stack.stop(time.monotonic() + 1)
        shutil.rmtree(folder, ignore_errors=True)


def multiply_cases(superuser: str, count: int, randbits: object) -> None:
    """*count* copies of filed demo cases with references, owners and due instants of their own."""
    with psycopg.connect(superuser) as connection:
        connection.execute("set session_replication_role = replica")
        columns = _columns(connection, "case")
        kept = [name for name in columns if name not in FRESH]
        connection.execute("create temp table fresh (n int, ref text)")
        refs: set[str] = set()
        while len(refs) < count:
            refs.add(make_ref("RD", randbits))  # type: ignore[arg-type]
        with connection.cursor().copy("copy fresh from stdin") as copy:
            for number, ref in enumerate(sorted(refs)):
                copy.write_row((number, ref))
        connection.execute(
            sql.SQL(
                'with seed as (select *, row_number() over (order by id) - 1 as place from "case" '
                "where submitted_at is not null), many as (select count(*) as number from seed) "
                'insert into "case" ({fresh}, {kept}) '
                "select gen_random_uuid(), f.ref, now() + (f.n % 500000 - 20000) * interval '1 minute', "
                "now(), now(), now() - (f.n % 400000) * interval '1 minute', {taken} "
                "from fresh f cross join many m join seed s on s.place = f.n % m.number "
                "on conflict do nothing"
            ).format(
                fresh=sql.SQL(", ").join(map(sql.Identifier, FRESH)),
                kept=sql.SQL(", ").join(map(sql.Identifier, kept)),
                taken=sql.SQL(", ").join(sql.Identifier("s", name) for name in kept),
            )
        )
        connection.commit()
        connection.autocommit = True
        connection.execute("analyze")


def _columns(connection: psycopg.Connection, table: str) -> list[str]:
    rows = connection.execute(
        "select column_name from information_schema.columns where table_schema = 'public' "
        "and table_name = %s and is_generated = 'NEVER' order by ordinal_position",
        (table,),
    ).fetchall()
    return [row[0] for row in rows]
