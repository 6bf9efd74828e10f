"""Which rows an actor reaches, with each of the two walls switched off in turn (RELIABILITY F3.6)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import column, select, table, text, true

from app.accounts import queries
from app.accounts.queries import side_scope, visible_case_ids
from app.accounts.service.delegations import grant_delegation
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.errors import Refused
from tests.factories.accounts import NOON, make_delegation, make_person
from tests.factories.cases import make_case
from tests.web.authz.world import CLOCK, HOUSE, SYSTEM, World, build_world

READERS = ("ada", "bo", "cy", "zed", "mia", "dee", "rio", "rae", "fay", "adi", "aud")


def side_scoped_tables(pg: Any) -> list[str]:
    """Every table with case, side and disclosure."""
    with psycopg.connect(pg["superuser"]) as admin:
        rows = admin.execute(
            "select table_name from information_schema.columns where table_schema = 'public' "
            "and column_name in ('case_id', 'side', 'disclosure') group by table_name having count(*) = 3"
        ).fetchall()
    return sorted(name for (name,) in rows)


def read_everything(actor: Actor, tables: list[str], *, filtered: bool) -> str:
    """All rows of all side-scoped tables as one text, through the filter or past it."""
    found = []
    with transaction(actor, read_only=True) as tx:
        for name in tables:
            row = table(name, column("case_id"), column("side"), column("disclosure"))
            condition = side_scope(actor, row) if filtered else true()
            words = text(f'to_jsonb("{name}")::text')
            found += tx.execute(select(words).select_from(row).where(condition)).scalars()
    return "\n".join(found)


@contextmanager
def walls_down(pg: Any, tables: list[str]) -> Iterator[None]:
    """Row-level security switched off on *tables* and on the tables that the filter reads."""
    names = [*tables, "case", "case_member"]
    with psycopg.connect(pg["superuser"], autocommit=True) as admin:
        for name in names:
            admin.execute(
                sql.SQL("alter table {} disable row level security").format(sql.Identifier(name))
            )
        try:
            yield
        finally:
            for name in names:
                admin.execute(
                    sql.SQL("alter table {} enable row level security").format(sql.Identifier(name))
                )


def leaks(world: World, seen: dict[str, str]) -> list[str]:
    """Canaries that somebody saw and must not see.

    Rows of a draft are private to its side *and the desk* (ADR 0011); that no page of the desk shows one
    is what the matrix proves.
    """
    return [
        f"{actor}: {word}"
        for actor, words in seen.items()
        for word in world.foreign_words(actor)
        if word in words and not (actor in HOUSE and word.endswith("draftcanary"))
    ]


def test_b144_filter_alone_and_database_alone_each_hold(app: Any, pg: Any) -> None:
    world = build_world(app, pg)
    tables = side_scoped_tables(pg)
    actors = {key: world.people[key].actor for key in READERS}

    both = {key: read_everything(actor, tables, filtered=True) for key, actor in actors.items()}
    database = {
        key: read_everything(actor, tables, filtered=False) for key, actor in actors.items()
    }
    with walls_down(pg, tables):
        filtered = {
            key: read_everything(actor, tables, filtered=True) for key, actor in actors.items()
        }
        none = {
            key: read_everything(actor, tables, filtered=False) for key, actor in actors.items()
        }

    assert leaks(world, both) == []
    assert leaks(world, database) == []
    assert leaks(world, filtered) == []
    assert leaks(world, none), "without both walls the canaries must show, else this proves nothing"
    assert all(
        word.word in both["aud"]
        for word in world.canaries
        if "aud" in word.sees and "title" not in word.word and "payee" not in word.word
    )


def test_visible_cases_by_person(app: Any, pg: Any) -> None:
    world = build_world(app, pg)

    def seen(key: str) -> set[str]:
        actor = world.people[key].actor
        with transaction(actor, read_only=True) as tx:
            ids = set(tx.execute(visible_case_ids(actor)).scalars())
        return {name for name, things in world.things.items() if things.case.id in ids}

    assert seen("ada") == seen("bo") == {"one", "three"}
    assert seen("cy") == {"one", "two"}
    assert seen("mia") == {"two"}
    assert seen("zed") == seen("adi") == set()
    assert seen("rae") == {"two", "three"}
    assert seen("dee") == seen("aud") == {"one", "two", "three"}


@pytest.mark.parametrize(
    ("starts", "ends", "sees"),
    [(-1, None, True), (-2, -1, False), (1, None, False), (-1, 1, True)],
)
def test_delegation_counts_between_its_dates_only(
    app: Any, starts: int, ends: int | None, sees: bool
) -> None:
    from app.infra.clock import database_now

    ada, bo = make_person("ada"), make_person("bo")
    case = make_case(ada)
    with transaction(SYSTEM) as tx:
        now = database_now(tx)
    make_delegation(
        ada,
        bo,
        starts_at=now + timedelta(days=starts),
        ends_at=now + timedelta(days=ends) if ends is not None else None,
    )

    with transaction(bo.actor, read_only=True) as tx:
        found = case.id in set(tx.execute(visible_case_ids(bo.actor)).scalars())

    assert found is sees


def test_b148_delegate_of_the_other_side_is_refused(app: Any) -> None:
    from app.accounts.commands import Delegate

    ada, cy = make_person("ada"), make_person("cy")
    make_case(ada, respondent=cy)

    with pytest.raises(Refused, match="opposite"), transaction(SYSTEM) as tx:
        grant_delegation(tx, Delegate(ada.id, cy.id, NOON), ada.actor, CLOCK)


def test_staff_who_are_a_party_see_nothing_of_that_case(app: Any) -> None:
    from app.accounts.commands import ChangeRoles
    from app.accounts.service.people import change_roles
    from app.kernel.actor import Role
    from tests.factories.accounts import person_actor

    ada = make_person("ada")
    case = make_case(ada)
    with transaction(SYSTEM) as tx:
        change_roles(tx, ChangeRoles(ada.id, frozenset({Role.AGENT})), SYSTEM, CLOCK)
    actor = person_actor(ada.id)

    with transaction(actor, read_only=True) as tx:
        assert case.id not in set(tx.execute(visible_case_ids(actor)).scalars())
    with transaction(SYSTEM) as tx:
        change_roles(tx, ChangeRoles(ada.id, frozenset({Role.ARTIST})), SYSTEM, CLOCK)


def test_b149_auditor_cannot_write_even_past_the_services(app: Any) -> None:
    from sqlalchemy.exc import DBAPIError

    aud = make_person("aud")

    with pytest.raises(DBAPIError, match="read-only"), transaction(aud.actor) as tx:
        tx.execute(text("update person set name = 'x'"))


def test_enrolling_actor_reaches_nothing() -> None:
    actor = Actor.anonymous()

    assert str(queries.case_scope(actor)) == "false"
