"""Jobs and events ride on the transaction that caused them, and each effect happens once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.factory import load_reactions
from app.infra import jobs, outbox
from app.infra.jobs import PAUSES, GrowingPauses, Run, defer, job, once
from app.infra.outbox import Reaction, emit
from app.kernel.actor import Actor
from app.kernel.errors import NotFound, Unavailable
from app.kernel.events import Event
from app.worker.queue import run_worker

if TYPE_CHECKING:
    from flask import Flask

SYSTEM = Actor.system("test")
Transaction = Callable[[Actor], AbstractContextManager[Session]]
seen: list[str] = []


@dataclass(frozen=True, slots=True)
class BellRung(Event):
    """An event of this test."""

    times: int


def hear(run: Run, event: BellRung) -> None:
    with run.transaction() as tx:
        if once(tx, f"hear:{event.times}"):
            seen.append(f"heard {event.times}")


@pytest.fixture(autouse=True)
def reactions(app: Flask) -> Iterator[None]:
    seen.clear()
    outbox.register({BellRung: (Reaction("hear", hear),)})
    yield
    load_reactions()
    jobs.TASKS.pop("test.break", None)


def count(tx_as: Transaction, table: str) -> int:
    with tx_as(SYSTEM) as tx:
        return int(tx.execute(text(f"select count(*) from {table}")).scalar_one())


def test_an_event_reaches_its_reaction(tx_as: Transaction, run_jobs: Callable[[], int]) -> None:
    with tx_as(SYSTEM) as tx:
        emit(tx, BellRung(None, 3))

    assert run_jobs() == 1
    assert seen == ["heard 3"]


def test_an_event_of_a_rolled_back_transaction_never_was(tx_as: Transaction) -> None:
    with pytest.raises(LookupError), tx_as(SYSTEM) as tx:
        emit(tx, BellRung(None, 3))
        raise LookupError

    assert count(tx_as, "event") == 0
    assert count(tx_as, "procrastinate_jobs") == 0


def test_a_job_is_invisible_before_the_commit(tx_as: Transaction, pg: dict[str, Any]) -> None:
    import psycopg

    with tx_as(SYSTEM) as tx:
        emit(tx, BellRung(None, 3))
        with psycopg.connect(pg["superuser"]) as other:
            waiting = other.execute("select count(*) from procrastinate_jobs").fetchone()

    assert waiting == (0,)


def test_a_repeated_delivery_has_one_effect(tx_as: Transaction, app: Flask) -> None:
    with tx_as(SYSTEM) as tx:
        event_id = emit(tx, BellRung(None, 4))

    for _ in range(3):
        jobs.run_task(
            app.extensions["redress"],
            "outbox.react",
            {"event_id": str(event_id), "reaction": "hear"},
        )

    assert seen == ["heard 4"]


def test_an_event_outside_the_table_is_refused(tx_as: Transaction) -> None:
    outbox.register({})

    with pytest.raises(RuntimeError, match="not in the reactions table"), tx_as(SYSTEM) as tx:
        emit(tx, BellRung(None, 1))


def test_the_real_worker_runs_what_waits(
    tx_as: Transaction, app: Flask, pg: dict[str, Any]
) -> None:
    with tx_as(SYSTEM) as tx:
        emit(tx, BellRung(None, 5))

    run_worker(app, pg["app"], wait=False)

    assert seen == ["heard 5"]
    assert (
        count(tx_as, "procrastinate_jobs where status = 'succeeded' and task_name = 'outbox.react'")
        == 1
    )


def test_b137_a_failing_job_is_recorded_and_tried_again(
    tx_as: Transaction, app: Flask, pg: dict[str, Any]
) -> None:
    @job("test.break")
    def _break(run: Run) -> None:
        raise Unavailable("store")

    with tx_as(SYSTEM) as tx:
        defer(tx, "test.break", {})

    run_worker(app, pg["app"], wait=False)

    assert (
        count(
            tx_as,
            "procrastinate_jobs where status = 'todo' and attempts = 1 and scheduled_at > now()",
        )
        == 1
    )
    assert count(tx_as, "job_failure where task = 'test.break' and error = 'Unavailable'") == 1


def test_a_failing_reaction_holds_up_no_other_of_the_same_case(
    tx_as: Transaction, app: Flask, pg: dict[str, Any]
) -> None:
    def fail(run: Run, event: BellRung) -> None:
        if event.times == 1:
            raise Unavailable("store")
        hear(run, event)

    outbox.register({BellRung: (Reaction("hear", fail),)})
    case = uuid4()
    with tx_as(SYSTEM) as tx:
        emit(tx, BellRung(case, 1))
        emit(tx, BellRung(case, 2))

    run_worker(app, pg["app"], wait=False)

    assert seen == ["heard 2"]


def test_what_can_never_succeed_is_parked_at_once(
    tx_as: Transaction, app: Flask, pg: dict[str, Any]
) -> None:
    @job("test.break")
    def _break(run: Run) -> None:
        raise NotFound

    with tx_as(SYSTEM) as tx:
        defer(tx, "test.break", {})

    run_worker(app, pg["app"], wait=False)

    assert (
        count(tx_as, "procrastinate_jobs where status = 'failed' and task_name = 'test.break'") == 1
    )


def test_the_eighth_failure_parks(app: Flask) -> None:
    class Attempted:
        def __init__(self, attempts: int) -> None:
            self.attempts = attempts

    decide = GrowingPauses().get_retry_decision
    pauses = [decide(exception=OSError(), job=Attempted(n)) for n in range(8)]  # type: ignore[arg-type]

    assert [pause is None for pause in pauses] == [False] * 7 + [True]
    assert len(PAUSES) == 7
