"""One PostgreSQL and one S3 server per test run, started by the controlling process; workers clone a template."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

ENV = "REDRESS_TEST_SERVERS"
TEMPLATE = "redress_template"
KEPT = (
    "allowed_transition",
    "case_policy",
    "policy",
    "calendar",
    "calendar_day",
    "calendar_holiday",
    "account",
)


class Servers:
    """Lives in the controller; what workers need travels through the environment."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="redress-tests-"))
        self.folder.chmod(0o755)
        self.stops: list[Any] = []

    def start(self) -> None:
        """PostgreSQL without fsync, migrated once into a template; S3 when the launcher is there."""
        from app.infra.db.migrate import upgrade
        from app.infra.embedded.postgres import EmbeddedPostgres, prepare_database
        from app.infra.embedded.s3 import EmbeddedS3

        postgres = EmbeddedPostgres(self.folder / "pg", durable=False)
        urls = postgres.start()
        self.stops.append(postgres)
        create_database(urls.superuser, TEMPLATE)
        prepare_database(rename(urls.superuser, TEMPLATE))
        upgrade(rename(urls.owner, TEMPLATE))
        store = EmbeddedS3(self.folder / "s3", durable=False)
        endpoint = store.start()
        self.stops.append(store)
        os.environ[ENV] = json.dumps(
            {
                "app": urls.app,
                "owner": urls.owner,
                "auditor": urls.auditor,
                "superuser": urls.superuser,
                "s3": {name: getattr(endpoint, name) for name in endpoint.__dataclass_fields__},
            }
        )

    def stop(self) -> None:
        """Stop what was started, newest first."""
        for server in reversed(self.stops):
            with suppress(Exception):
                server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def rename(url: str, database: str) -> str:
    """The same address with another database."""
    return f"{url.rpartition('/')[0]}/{database}"


def create_database(superuser_url: str, name: str, template: str | None = None) -> None:
    """A fresh database owned by the owner role, replacing one of that name."""
    with psycopg.connect(rename(superuser_url, "postgres"), autocommit=True) as admin:
        admin.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
        )
        statement = sql.SQL("create database {} owner redress_owner").format(sql.Identifier(name))
        if template:
            statement += sql.SQL(" template {}").format(sql.Identifier(template))
        admin.execute(statement)


def clone(worker: str) -> dict[str, Any]:
    """The addresses of this worker's own copy of the template."""
    known: dict[str, Any] = json.loads(os.environ[ENV])
    name = f"redress_{worker}"
    create_database(known["superuser"], name, TEMPLATE)
    with psycopg.connect(rename(known["superuser"], name), autocommit=True) as admin:
        admin.execute(
            sql.SQL("grant connect on database {} to redress_app, redress_auditor").format(
                sql.Identifier(name)
            )
        )
    roles = ("app", "owner", "auditor", "superuser")
    addresses = {role: rename(known[role], name) for role in roles}
    return known | addresses | {"prefix": f"{worker}/"}


@contextmanager
def emptying(superuser_url: str) -> Iterator[Callable[[], None]]:
    """Gives what deletes all that a test wrote; rows that migrations ship stay.

    A function of the session's own: its deletions are planned once, not two thousand times.
    """
    with psycopg.connect(superuser_url, autocommit=True) as admin:
        named = (
            "select tablename from pg_tables where schemaname = 'public' and tablename <> all(%s)"
        )
        tables = [name for (name,) in admin.execute(named, [["alembic_version", *KEPT]])]
        body = sql.SQL("; ").join(
            sql.SQL("delete from public.{}").format(sql.Identifier(name)) for name in tables
        )
        admin.execute(
            sql.SQL(
                "create function pg_temp.empty_all() returns void language plpgsql as $$ begin "
                "set local session_replication_role = replica; {}; end $$"
            ).format(body)
        )

        def empty() -> None:
            admin.execute("select pg_temp.empty_all()")

        yield empty
