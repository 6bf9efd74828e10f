"""Whether a call changed anything: transaction numbers first, a checksum of all tables when they moved."""

from __future__ import annotations

import hashlib
from typing import Self

import psycopg
from psycopg import sql

UNWATCHED = ("session", "rate_bucket", "idempotency_key", "csp_report", "alembic_version")


class Watch:
    """Looks at a database as superuser, beside the application."""

    def __init__(self, superuser_url: str) -> None:
        self.connection = psycopg.connect(superuser_url, autocommit=True)
        rows = self.connection.execute(
            "select tablename from pg_tables where schemaname = 'public'"
        )
        self.tables = sorted(name for (name,) in rows if name not in UNWATCHED)
        self.seen = self._number()
        self.sum = self._checksum()

    def changed(self) -> bool:
        """True when a watched row is other than at the last look."""
        number = self._number()
        if number == self.seen:
            return False
        before, self.sum = self.sum, self._checksum()
        self.seen = self._number()
        return before != self.sum

    def _number(self) -> str:
        row = self.connection.execute(
            "select pg_snapshot_xmax(pg_current_snapshot())::text"
        ).fetchone()
        assert row is not None
        return str(row[0])

    def _checksum(self) -> str:
        parts = [
            sql.SQL(
                "select coalesce(md5(string_agg(md5(t::text), '' order by t::text)), '') from {} t"
            ).format(sql.Identifier(name))
            for name in self.tables
        ]
        rows = self.connection.execute(sql.SQL(" union all ").join(parts)).fetchall()
        return hashlib.sha256("".join(row[0] for row in rows).encode()).hexdigest()

    def close(self) -> None:
        """Let go."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_more: object) -> None:
        self.close()
