"""B140: of two writers that lock each other out, one goes through and the other is told to press again."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
from sqlalchemy import text

from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.errors import Unavailable

SYSTEM = Actor.system("test")
LOCK = "select pg_advisory_xact_lock(:key)"


def test_b140_a_deadlock_is_a_clear_try_again(app: Any, pg: dict[str, Any]) -> None:
    first_locked, other_locked = threading.Event(), threading.Event()

    def other() -> None:
        with psycopg.connect(pg["superuser"]) as admin:
            admin.execute("set deadlock_timeout = '10s'")
            admin.execute("select pg_advisory_xact_lock(2)")
            other_locked.set()
            first_locked.wait(10)
            admin.execute("select pg_advisory_xact_lock(1)")

    thread = threading.Thread(target=other)
    thread.start()
    told = ""
    try:
        with transaction(SYSTEM) as tx:
            tx.execute(text(LOCK), {"key": 1})
            first_locked.set()
            other_locked.wait(10)
            tx.execute(text(LOCK), {"key": 2})
    except Unavailable as error:
        told = str(error.message)
    thread.join(20)

    assert "press it again" in told


def test_b140_a_lock_that_is_not_had_in_time_is_a_clear_try_again(
    app: Any, pg: dict[str, Any]
) -> None:
    told = ""
    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute("select pg_advisory_xact_lock(3)")
        try:
            with transaction(SYSTEM) as tx:
                tx.execute(text("set local lock_timeout = '50ms'"))
                tx.execute(text(LOCK), {"key": 3})
        except Unavailable as error:
            told = str(error.message)

    assert "press it again" in told
