"""Pooled connections: asked after a rest, taken as they are while busy (RELIABILITY C, restarts of the database)."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, text

from app.infra.db import extension
from app.infra.db.extension import db, tend


@pytest.fixture
def lone(app: Any) -> Any:
    """An engine of one connection to the same database."""
    with app.app_context():
        engine = create_engine(db.engine.url, pool_size=1, max_overflow=0)
    tend(engine)
    yield engine
    engine.dispose()


def backend(engine: Engine) -> int:
    """Process of the server that answers."""
    with engine.connect() as connection:
        return int(connection.execute(text("select pg_backend_pid()")).scalar_one())


def test_a_server_that_went_away_during_a_rest_is_not_noticed(
    lone: Engine, pg: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = backend(lone)
    with psycopg.connect(pg["superuser"], autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s)", (first,))
    monkeypatch.setattr(extension, "QUIET_SECONDS", -1.0)

    assert backend(lone) != first


def test_a_busy_connection_is_not_asked_and_a_rested_one_is(
    lone: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    ping = lone.dialect.do_ping
    monkeypatch.setattr(lone.dialect, "do_ping", lambda one: asked.append(one) or ping(one))

    backend(lone)
    backend(lone)
    while_busy = len(asked)
    monkeypatch.setattr(extension, "QUIET_SECONDS", -1.0)
    backend(lone)

    assert while_busy == 0
    assert len(asked) == 1
