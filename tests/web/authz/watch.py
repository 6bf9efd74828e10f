"""Whether a call changed anything: transaction numbers first, a checksum of all tables when they moved."""

from __future__ import annotations

from typing import Self

import psycopg
from psycopg import sql

UNWATCHED = ("session", "rate_bucket", "idempotency_key", "csp_report", "alembic_version")


class Watch:
    """Looks at a database as superuser, beside the application."""

    def __init__(self, superuser_url: str) -> None:
        self.connection = psycopg.connect(superuser_url, autocommit=True)
        self.connection.execute("set max_parallel_workers_per_gather = 0")  # small tables
        rows = self.connection.execute(
            "select tablename from pg_tables where schemaname = 'public'"
        )
        self.tables = sorted(name for (name,) in rows if name not in UNWATCHED)
        self.wanted = self._wanted().as_bytes(self.connection)
        self.seen = self._number()
        self.sums = self._checksums()

    def changed(self) -> list[str]:
        """Names of the watched tables whose rows are other than at the last look."""
        number = self._number()
        if number == self.seen:
            return []
        before, self.sums = self.sums, self._checksums()
        self.seen = number
        return [
            name
            for name, old, new in zip(self.tables, before, self.sums, strict=True)
            if old != new
        ]

    def _number(self) -> str:
        row = self.connection.execute(
            "select pg_snapshot_xmax(pg_current_snapshot())::text"
        ).fetchone()
        assert row is not None
        return str(row[0])

    def _checksums(self) -> list[str]:
        rows = self.connection.execute(self.wanted, prepare=True).fetchall()
        return [total for _number, total in sorted(rows)]

    def _wanted(self) -> sql.Composed:
        """The checksum of each table as one statement; a hundred tables, so it is written and planned once."""
        parts = [
            sql.SQL(
                "select {number}, coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') from {table} t"
            ).format(number=sql.Literal(number), table=sql.Identifier(name))
            for number, name in enumerate(self.tables)
        ]
        return sql.SQL(" union all ").join(parts)

    def strangers(self, table: str, value: str) -> int:
        """Rows of *table* that name the identifier *value* but stand in a case other than its own."""
        query = sql.SQL(
            "select count(*) from {table} t where to_jsonb(t)::text like %(like)s "
            "and coalesce(to_jsonb(t) ->> 'id', '') <> %(value)s and not exists ("
            "select 1 from evidence_item x where x.id::text = %(value)s "
            "and x.case_id::text = to_jsonb(t) ->> 'case_id')"
        ).format(table=sql.Identifier(table))
        row = self.connection.execute(query, {"like": f"%{value}%", "value": value}).fetchone()
        assert row is not None
        return int(row[0])

    def close(self) -> None:
        """Let go."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_more: object) -> None:
        self.close()
