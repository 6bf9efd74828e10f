"""How the database walks: a rare word through its index, never row by row and never by date; 20,000 rows."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from app.search.commands import Subject
from app.search.queries import MOST, common_words
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
    common_words.forget()
    return make_cast("rio")["rio"].actor


def looked(tx_as: Any, actor: Any, typed: str, *kinds: Subject) -> tuple[Any, dict[str, int]]:
    """The page found, and the scans by table and index that its own transaction made for it.

    Counted inside the transaction: the counters of the whole database also hold what any other
    connection, kept from an earlier test, happens to tell in the meantime.
    """
    with tx_as(actor) as tx:
        before = _scans(tx)
        page = find(tx, Look(ask(typed), frozenset(kinds)), actor).page
        after = _scans(tx)
    return page, {name: after[name] - before[name] for name in after}


def _scans(tx: Any) -> dict[str, int]:
    rows = tx.execute(
        text(
            """select relname, pg_stat_get_xact_numscans(oid) from pg_class
               where relkind in ('r', 'i') and relname like any (array['search\\_%', 'pk\\_search\\_%', 'ix\\_search\\_%'])"""
        )
    )
    return {str(name): int(count) for name, count in rows}


@pytest.mark.parametrize(
    ("typed", "index"), [(RARE, "ix_search_key_tokens"), ("id 12345", "ix_search_key_idents")]
)
def test_something_rare_is_found_through_its_index(
    rio: Any, tx_as: Any, typed: str, index: str
) -> None:
    found, seen = looked(tx_as, rio, typed)

    assert found.total in (1, 3)
    assert seen["search_key"] == seen["search_entry"] == 0, seen
    assert seen["ix_search_entry_at"] == 0, seen
    assert seen[index] >= 1, sorted(seen.items())


def test_a_word_that_is_everywhere_is_not_counted_out(rio: Any, tx_as: Any) -> None:
    found, seen = looked(tx_as, rio, COMMON)

    assert (found.total, found.more, len(found.rows)) == (MOST, True, 50)
    assert [row.title for row in found.rows[:2]] == ["Ferry 20000", "Ferry 19999"]
    assert seen["search_key"] == seen["search_entry"] == 0, seen
    assert any(seen.values()), "the counters saw nothing at all"


def test_a_word_that_is_everywhere_is_walked_by_date_from_the_start(rio: Any, tx_as: Any) -> None:
    found, seen = looked(tx_as, rio, COMMON)

    assert found.more
    assert seen["ix_search_entry_at"] == 1, sorted(seen.items())
    assert seen["ix_search_key_tokens"] == 0, sorted(seen.items())


def test_a_common_word_among_few_kinds_is_not_walked_by_date(rio: Any, tx_as: Any) -> None:
    _found, seen = looked(tx_as, rio, COMMON, Subject.LETTER)

    assert seen["ix_search_entry_at"] == 0, sorted(seen.items())
    assert seen["ix_search_key_tokens"] >= 1, sorted(seen.items())


def test_finance_sees_little_and_does_not_walk_past_all_the_rest(rio: Any, tx_as: Any) -> None:
    del rio
    found, seen = looked(tx_as, make_cast("fay")["fay"].actor, COMMON)

    assert found.total == MOST
    assert seen["ix_search_key_tokens"] >= 1, sorted(seen.items())


def test_pages_of_a_common_word_follow_each_other_without_gap(rio: Any, tx_as: Any) -> None:
    with tx_as(rio) as tx:
        first = find(tx, Look(ask(COMMON)), rio).page
        second = find(tx, Look(ask(COMMON)), rio, first.next).page

    assert [row.title for row in second.rows] == [f"Ferry {n}" for n in range(19950, 19900, -1)]
