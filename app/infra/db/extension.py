"""The one Flask-SQLAlchemy object: session lifecycle and migrations, nothing else."""

from __future__ import annotations

import time
from typing import Any

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InvalidatePoolError

from app.infra.db.base import Base
from app.infra.db.driver import doubt

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "autoflush": True})
migrate = Migrate()
STATEMENTS_KEPT = 300
"""Prepared statements of a connection: all of the pages that people live in; the library's 100 are too few."""
QUIET_SECONDS = 1.0
"""A pooled connection that rested longer is asked whether the server is still there before it is used."""


def engine_options(pool_size: int, *, statement_timeout_ms: int = 30_000) -> dict[str, object]:
    """Pool and session settings of web and worker; the zone is pinned so that intervals mean one thing.

    The connection that was used last is used next: the server keeps the plans of a connection, and planning
    the statements of a case page costs many times their execution. Statements here are brief and many at a time:
    they neither start parallel workers nor are compiled to machine code, which would cost more than they do.
    """
    return {
        "pool_size": pool_size,
        "max_overflow": 4,
        "pool_use_lifo": True,
        "pool_timeout": 10,
        "connect_args": {
            "options": f"-c timezone=UTC -c statement_timeout={statement_timeout_ms} -c lock_timeout=10000 "
            "-c max_parallel_workers_per_gather=0 -c jit=off",
            "connect_timeout": 5,
            "application_name": "redress",
        },
    }


def tend(engine: Engine) -> None:
    """Keep plans, and find connections of a server that went away without a round trip for each busy one.

    A connection that was in use a moment ago is taken as it is: should the server have gone just then,
    the transaction fails as it would have in its middle.
    """

    @event.listens_for(engine, "connect")
    def keep_plans(connection: Any, _record: Any) -> None:
        connection.prepared_max = STATEMENTS_KEPT

    @event.listens_for(engine, "rollback")
    def taken_back(connection: Connection) -> None:
        doubt(connection)

    @event.listens_for(engine, "rollback_savepoint")
    def partly_taken_back(connection: Connection, _name: str, _context: None) -> None:
        doubt(connection)

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since <= QUIET_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error
