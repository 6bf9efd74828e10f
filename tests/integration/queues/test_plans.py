"""How the database counts the totals of a list: from an index alone, so that it may stop after as many as it tells."""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import event

from app.infra.db.extension import db
from app.queues.queries.conditions import Asked, moments_of
from app.queues.queries.listing import totals
from app.queues.rules.filters import ListFilter
from tests.factories.accounts import make_cast
from tests.factories.cases import make_case

SETTINGS = ("max_parallel_workers_per_gather", "jit")


def test_totals_find_all_that_they_look_at_in_one_index(
    app: Any, pg: Any, tx_as: Any, clock: Any
) -> None:
    cast = make_cast("ada", "rio")
    make_case(cast["ada"])
    rio, asked = cast["rio"].actor, Asked(ListFilter(), moments_of(clock.now(), "UTC"))
    sent: list[tuple[str, Any]] = []
    # Rows that nobody has tidied are looked up in the table whatever the index holds, so all ways cost the same.
    with psycopg.connect(pg["owner"], autocommit=True) as owner:
        owner.execute('vacuum (analyze, freeze) "case"')

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        sent.append((statement, values))

    with tx_as(rio) as tx:
        event.listen(db.engine, "before_cursor_execute", note)
        found = totals(tx, rio, asked)
        event.remove(db.engine, "before_cursor_execute", note)
        (statement, values) = sent[-1]
        wire: Any = tx.connection().connection.dbapi_connection
        # On a desk of one case the whole table is the shortest way: only ways by index are asked for.
        wire.execute("set local enable_seqscan = off")
        wire.execute("set local enable_bitmapscan = off")
        lines = [row[0] for row in wire.execute(f"explain {statement}", values)]

    assert found.all == 1
    assert any("Index Only Scan using ix_case_open_due" in line for line in lines), lines


def test_no_statement_starts_workers_or_is_compiled(app: Any, tx_as: Any) -> None:
    with tx_as(make_cast("rio")["rio"].actor) as tx:
        wire: Any = tx.connection().connection.dbapi_connection
        told = [wire.execute(f"show {name}").fetchone()[0] for name in SETTINGS]

    assert told == ["0", "off"]
