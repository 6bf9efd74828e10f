"""How the database walks: a rare word through its index, never row by row and never by date; 20,000 rows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from app.infra.db.extension import db
from app.search.queries import MOST
from app.search.rules import ask
from app.workflows.find import Look, find
from tests.factories.accounts import make_cast

ROWS = 20_000
RARE, COMMON = "zanzibar", "ferry"


@pytest.fixture
def rio(app: Any, pg: dict[str, Any]) -> Any:
    """A reviewer before a full index: every row has the common word, three have the rare one."""
    with psycopg.connect(pg["superuser"], autocommit=True) as admin:
        admin.execute(
            """insert into search_entry select 'release', md5(n::text)::uuid, null, 'desk', 'shared', 'Ferry ' || n, '',
                 timestamptz '2026-01-01' + n * interval '1 minute' from generate_series(1, %s) as n""",
            [ROWS],
        )
        admin.execute(
            """insert into search_key select 'release', md5(n::text)::uuid,
                 array_to_tsvector(array['ferry', 'n' || n] || case when n in (7, 70, 700) then array['zanzibar'] else '{}' end),
                 array['ID' || n], '' from generate_series(1, %s) as n""",
            [ROWS],
        )
        admin.execute("vacuum analyze search_entry, search_key")
    return make_cast("rio")["rio"].actor


@contextmanager
def watched(tx_as: Any, actor: Any) -> Iterator[dict[str, int]]:
    """Scans by table and index that happen inside, as the database counted them."""
    before, seen = _scans(tx_as, actor), {}
    yield seen
    after = _scans(tx_as, actor)
    seen.update({name: after[name] - before[name] for name in after})


def _scans(tx_as: Any, actor: Any) -> dict[str, int]:
    db.engine.dispose()  # a connection that ends tells all it counted, whichever of the pool it was
    time.sleep(1)
    with tx_as(actor) as tx:
        rows = tx.execute(
            text(
                """select relname, seq_scan from pg_stat_user_tables where relname like 'search_%'
                   union all select indexrelname, idx_scan from pg_stat_user_indexes where relname like 'search_%'"""
            )
        )
        return {str(name): int(count) for name, count in rows}


def looks(tx_as: Any, actor: Any, typed: str) -> Any:
    with tx_as(actor) as tx:
        return find(tx, Look(ask(typed)), actor).page


@pytest.mark.parametrize(
    ("typed", "index"), [(RARE, "ix_search_key_tokens"), ("id 12345", "ix_search_key_idents")]
)
def test_something_rare_is_found_through_its_index(
    rio: Any, tx_as: Any, typed: str, index: str
) -> None:
    with watched(tx_as, rio) as seen:
        found = looks(tx_as, rio, typed)

    assert found.total in (1, 3)
    assert seen["search_key"] == seen["search_entry"] == 0, seen
    assert seen["ix_search_entry_at"] == 0, seen
    assert seen[index] >= 1, sorted(seen.items())


def test_a_word_that_is_everywhere_is_not_counted_out(rio: Any, tx_as: Any) -> None:
    with watched(tx_as, rio) as seen:
        found = looks(tx_as, rio, COMMON)

    assert (found.total, found.more, len(found.rows)) == (MOST, True, 50)
    assert [row.title for row in found.rows[:2]] == ["Ferry 20000", "Ferry 19999"]
    assert seen["search_key"] == seen["search_entry"] == 0, seen


def test_pages_of_a_common_word_follow_each_other_without_gap(rio: Any, tx_as: Any) -> None:
    with tx_as(rio) as tx:
        first = find(tx, Look(ask(COMMON)), rio).page
        second = find(tx, Look(ask(COMMON)), rio, first.next).page

    assert [row.title for row in second.rows] == [f"Ferry {n}" for n in range(19950, 19900, -1)]
