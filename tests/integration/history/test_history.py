"""History on the real database: written with the change or not at all, and tampering is named."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.history.service import NotedSet, record, record_set, seal_day, verify
from app.infra.jobs import TASKS
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock

SYSTEM = Actor.system("test")
Transaction = Callable[[Actor], AbstractContextManager[Session]]


def write(tx_as: Transaction, clock: FixedClock, times: int = 5) -> str:
    """A chain of *times* entries about one thing; returns its id."""
    thing = str(uuid4())
    for n in range(times):
        with tx_as(SYSTEM) as tx:
            record(tx, SYSTEM, clock, verb="thing.changed", subject=("thing", thing), data={"n": n})
    return thing


def as_owner(pg: dict[str, Any], *statements: str) -> None:
    """Tamper: the owner role switches the trigger off first, as somebody with the keys could."""
    with psycopg.connect(pg["owner"]) as owner:
        owner.execute("alter table history_entry disable trigger append_only")
        for statement in statements:
            owner.execute(statement)
        owner.execute("alter table history_entry enable trigger append_only")


def verdict(tx_as: Transaction) -> Any:
    with tx_as(SYSTEM) as tx:
        return verify(tx)


def mend(pg: dict[str, Any]) -> None:
    """Forget the tampered chains, so that the check after each test sees a sound house."""
    as_owner(
        pg, "delete from history_private", "delete from history_entry", "delete from history_head"
    )


def test_a_sound_history_verifies(tx_as: Transaction, clock: FixedClock) -> None:
    write(tx_as, clock)

    assert verdict(tx_as) is None


@pytest.mark.parametrize(
    "column", ["verb = 'thing.forged'", "actor = 'person:x'", "data = '{\"n\": 9}'", "at = now()"]
)
def test_a_changed_entry_is_named_by_position(
    tx_as: Transaction, clock: FixedClock, pg: dict[str, Any], column: str
) -> None:
    thing = write(tx_as, clock)

    as_owner(pg, f"update history_entry set {column} where n = 3 and subject_id = '{thing}'")

    found = verdict(tx_as)
    mend(pg)
    assert (found.chain, found.n) == (f"thing:{thing}", 3)


def test_a_removed_tail_is_found(tx_as: Transaction, clock: FixedClock, pg: dict[str, Any]) -> None:
    write(tx_as, clock)

    as_owner(pg, "delete from history_entry where n > 3")

    found = verdict(tx_as)
    mend(pg)
    assert found.n == 4


def test_a_rechained_history_is_found_by_the_seal(
    tx_as: Transaction, clock: FixedClock, pg: dict[str, Any]
) -> None:
    write(tx_as, clock)
    with tx_as(SYSTEM) as tx:
        seal_day(tx, clock)

    as_owner(pg, "delete from history_entry", "delete from history_head")

    found = verdict(tx_as)
    as_owner(pg, "alter table history_seal disable trigger append_only", "delete from history_seal",
             "alter table history_seal enable trigger append_only")  # fmt: skip
    assert found.chain == "seal"


@pytest.mark.parametrize(
    "statement", ["update history_entry set verb = 'x'", "delete from history_entry"]
)
def test_the_application_cannot_change_history(
    tx_as: Transaction, clock: FixedClock, statement: str
) -> None:
    write(tx_as, clock)

    with pytest.raises(DBAPIError), tx_as(SYSTEM) as tx:
        tx.execute(text(statement))


def test_nothing_is_recorded_when_the_change_rolls_back(
    tx_as: Transaction, clock: FixedClock
) -> None:
    with pytest.raises(LookupError), tx_as(SYSTEM) as tx:
        record(tx, SYSTEM, clock, verb="thing.changed", subject=("thing", "1"))
        raise LookupError

    with tx_as(SYSTEM) as tx:
        assert tx.execute(text("select count(*) from history_entry")).scalar_one() == 0


def test_personal_data_can_be_erased_and_the_chain_still_verifies(
    tx_as: Transaction, clock: FixedClock, pg: dict[str, Any]
) -> None:
    with tx_as(SYSTEM) as tx:
        record(
            tx, SYSTEM, clock, verb="thing.named", subject=("thing", "1"), private={"name": "Ada"}
        )

    with psycopg.connect(pg["superuser"]) as admin:
        admin.execute("delete from history_private")

    assert verdict(tx_as) is None


def test_an_auditor_cannot_write(tx_as: Transaction, clock: FixedClock) -> None:
    from app.kernel.actor import ActorKind, Role

    auditor = Actor(ActorKind.PERSON, uuid4(), "Aud", frozenset({Role.AUDITOR}))

    with pytest.raises(DBAPIError, match="read-only transaction"), tx_as(auditor) as tx:
        record(tx, auditor, clock, verb="thing.changed", subject=("thing", "1"))


def test_the_seal_of_the_day_and_the_walk_along_the_chains_are_work_of_the_night(app: Any) -> None:
    del app

    nightly = {name: task.cron for name, task in TASKS.items() if name.startswith("history.")}

    assert nightly == {"history.seal_day": "5 0 * * *", "history.verify": "40 4 * * *"}


CASES = (UUID(int=1), UUID(int=2))
ROWS = """
select key as id, case_id, title, minor from unnest(
  cast(:keys as uuid[]), cast(:cases as uuid[]), cast(:titles as text[]), cast(:minors as bigint[])
) as made (key, case_id, title, minor)
"""


def a_set(*things: tuple[UUID, UUID, str, int], **fixed: str) -> NotedSet:
    """Things as (id, case, title, minor)."""
    names = ("keys", "cases", "titles", "minors")
    bound = {name: [thing[place] for thing in things] for place, name in enumerate(names)}
    return NotedSet("thing", ROWS, bound, ("title",), ("minor",), fixed)


def test_a_set_is_chained_as_entries_written_one_by_one(
    tx_as: Transaction, clock: FixedClock
) -> None:
    first, second = CASES
    strange = 'ü "\\/" \u2028 \x01\x1f\x7f\n\t \U0001f3b5 </script>'
    things = [
        (UUID(int=14), second, "d", 0), (UUID(int=12), first, strange, -5), (UUID(int=11), first, "a", 2**53),
        (UUID(int=13), first, "", 7),
    ]  # fmt: skip

    with tx_as(SYSTEM) as tx:
        record(tx, SYSTEM, clock, verb="thing.made", subject=("thing", "x"), case_id=first)
        count = record_set(tx, SYSTEM, clock, "thing.moved", a_set(*things, way="út"))
        record(tx, SYSTEM, clock, verb="thing.ended", subject=("thing", "x"), case_id=first)
        none = record_set(tx, SYSTEM, clock, "thing.moved", a_set())

    assert (count, none) == (4, 0)
    assert verdict(tx_as) is None
    with tx_as(SYSTEM) as tx:
        rows = tx.execute(
            text("select chain, n, subject_id, case_id, data from history_entry where verb = 'thing.moved' order by id")
        ).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [
        (f"case:{first}", 2, str(UUID(int=11)), first, {"title": "a", "minor": 2**53, "way": "út"}),
        (
            f"case:{first}",
            3,
            str(UUID(int=12)),
            first,
            {"title": strange, "minor": -5, "way": "út"},
        ),
        (f"case:{first}", 4, str(UUID(int=13)), first, {"title": "", "minor": 7, "way": "út"}),
        (f"case:{second}", 1, str(UUID(int=14)), second, {"title": "d", "minor": 0, "way": "út"}),
    ]


def test_a_set_goes_with_its_transaction(tx_as: Transaction, clock: FixedClock) -> None:
    with pytest.raises(RuntimeError), tx_as(SYSTEM) as tx:
        record_set(tx, SYSTEM, clock, "thing.moved", a_set((uuid4(), CASES[0], "a", 1)))
        raise RuntimeError

    with tx_as(SYSTEM) as tx:
        assert tx.scalar(text("select count(*) from history_head")) == 0
    assert verdict(tx_as) is None


def test_a_set_moved_by_a_token_says_with_which(tx_as: Transaction, clock: FixedClock) -> None:
    token = uuid4()
    actor = replace(Actor.system("test"), token_id=token)

    with tx_as(SYSTEM) as tx:
        record_set(tx, actor, clock, "thing.moved", a_set((uuid4(), CASES[0], "a", 1)))

    with tx_as(SYSTEM) as tx:
        data = tx.execute(text("select data from history_entry")).scalar_one()
    assert data == {"title": "a", "minor": 1, "token_id": str(token)}
    assert verdict(tx_as) is None
