"""History on the real database: written with the change or not at all, and tampering is named."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.history.service import record, seal_day, verify
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
