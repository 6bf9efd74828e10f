"""Large batches in the background: all of it or nothing, once, told how far, stopped, and safe to begin anew."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.corrections.commands import ExportBatch, LockBatch
from app.corrections.queries import exports
from app.corrections.queries.runs import BatchRunView, last_run_of
from app.corrections.rules.runs import BatchRunState, done_of, seconds_left
from app.corrections.service import freezing, rows, runs
from app.corrections.service.runs import ask_export, ask_lock, cancel_run, is_large
from app.history.service import verify
from app.infra.checks import run_checks
from app.infra.db.transaction import transaction
from app.infra.jobs import run_task
from app.kernel.actor import Actor, Role
from app.kernel.errors import Forbidden, Refused, Stale
from app.workflows import run_batches
from app.workflows.check_invariants import all_checks
from tests.factories.corrections import CLOCK, Desk, export, lock, make_batch

Transaction = Callable[[Actor], AbstractContextManager[Session]]
Jobs = Callable[[], None]
AMOUNTS = ("10.00", "-20.00", "30.00", "40.00", "50.00")
SYSTEM = Actor.system("test")


class _Killed(BaseException):
    """What a process that is killed does not catch either."""


@pytest.fixture(autouse=True)
def _small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "LARGE", 4)
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    monkeypatch.setattr(run_batches, "SAY_EVERY", 0.0)
    for module in (freezing, rows):
        monkeypatch.setattr(module, "IN_ONE", 2)


@pytest.fixture
def run_batch(app: Any, tx_as: Transaction) -> Jobs:
    """Works off what was asked of batches."""

    def work_off() -> None:
        with tx_as(SYSTEM) as tx:
            found = tx.execute(text("select id from batch_run where state = 'waiting'")).scalars()
            waiting = [str(one) for one in found]
        for run_id in waiting:
            run_task(app.extensions["redress"], runs.RUN, {"run_id": run_id})

    return work_off


def have_locked(tx_as: Transaction, desk: Desk, batch_id: UUID, version: int | None = None) -> UUID:
    with tx_as(desk.fay.actor) as tx:
        return ask_lock(tx, LockBatch(batch_id, version), desk.fay.actor, CLOCK)


def have_exported(tx_as: Transaction, desk: Desk, batch_id: UUID) -> UUID | None:
    with tx_as(desk.gus.actor) as tx:
        return ask_export(tx, ExportBatch(batch_id), desk.gus.actor, CLOCK)


def last(tx_as: Transaction, desk: Desk, batch_id: UUID) -> BatchRunView:
    with tx_as(desk.fay.actor) as tx:
        found = last_run_of(tx, desk.fay.actor, CLOCK, batch_id)
    assert found is not None
    return found


def stands(tx_as: Transaction, batch_id: UUID) -> tuple[Any, ...]:
    """State of the batch, its frozen lines, its files, and its corrections that left."""
    with tx_as(SYSTEM) as tx:
        found = tx.execute(
            text(
                "select batch.state, (select count(*) from batch_line as l where l.batch_id = batch.id and l.frozen is not null), "
                "(select count(*) from export_file as f where f.batch_id = batch.id), "
                "(select count(*) from correction where state = 'exported') from batch where id = :id"
            ),
            {"id": batch_id},
        ).one()
    return tuple(found)


def assert_whole(tx_as: Transaction) -> None:
    with tx_as(SYSTEM) as tx:
        assert run_checks(tx, all_checks()) == []
        assert verify(tx) is None


def test_a_large_batch_is_locked_and_leaves_once_in_the_background(
    desk: Desk, tx_as: Transaction, run_batch: Jobs
) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    with tx_as(desk.fay.actor) as tx:
        assert is_large(tx, batch_id)

    have_locked(tx_as, desk, batch_id)
    before = last(tx_as, desk, batch_id), stands(tx_as, batch_id)
    run_batch()
    locked = last(tx_as, desk, batch_id), stands(tx_as, batch_id)
    have_exported(tx_as, desk, batch_id)
    run_batch()

    assert (before[0].state, before[0].percent, before[1]) == (
        BatchRunState.WAITING,
        0,
        ("open", 0, 0, 0),
    )
    assert (locked[0].state, locked[0].percent, locked[1]) == (
        BatchRunState.DONE,
        100,
        ("locked", 5, 0, 0),
    )
    assert stands(tx_as, batch_id) == ("exported", 5, 1, 5)
    assert have_exported(tx_as, desk, batch_id) is None
    assert_whole(tx_as)


def test_the_background_writes_the_bytes_that_the_request_writes(
    app: Any, desk: Desk, tx_as: Transaction, run_batch: Jobs
) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    have_locked(tx_as, desk, batch_id)
    run_batch()
    have_exported(tx_as, desk, batch_id)
    run_batch()

    with tx_as(SYSTEM) as tx:
        stored = tx.execute(text("select sha256 from export_file")).scalar_one()

    assert export(desk.gus.actor, batch_id, app.extensions["redress"].storage) == stored


def test_it_tells_how_far_it_is(
    desk: Desk, tx_as: Transaction, run_batch: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id, told = make_batch(desk, *AMOUNTS), []
    say = run_batches.say_progress
    monkeypatch.setattr(
        run_batches,
        "say_progress",
        lambda which, done, actor: told.append(done) or say(which, done, actor),
    )

    have_locked(tx_as, desk, batch_id)
    run_batch()

    assert told == sorted(told)
    assert len(set(told)) > 2
    assert max(told) < len(AMOUNTS)


@pytest.mark.parametrize("act", ["lock", "export"])
def test_stopped_half_way_it_has_done_nothing(
    app: Any,
    desk: Desk,
    tx_as: Transaction,
    run_batch: Jobs,
    monkeypatch: pytest.MonkeyPatch,
    act: str,
) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    if act == "export":
        lock(desk, batch_id)
    before, who = stands(tx_as, batch_id), desk.fay if act == "lock" else desk.gus
    run_id = (have_locked if act == "lock" else have_exported)(tx_as, desk, batch_id)
    assert run_id is not None
    say, stops, told = run_batches.say_progress, [3], [0]

    def stopped(which: UUID, done: int, actor: Actor) -> bool:
        told.append(done)
        if done >= 3 and stops:
            stops.clear()
            with app.app_context(), transaction(who.actor) as tx:  # somebody else, at that moment
                cancel_run(tx, run_id, who.actor, CLOCK)
        return say(which, done, actor)

    monkeypatch.setattr(run_batches, "say_progress", stopped)
    run_batch()

    assert stops == []
    assert told[-2] < 3 <= told[-1]  # and no step after that
    assert stands(tx_as, batch_id) == before
    assert last(tx_as, desk, batch_id).state is BatchRunState.CANCELLED


def test_killed_half_way_it_begins_anew_and_leaves_once(
    app: Any, desk: Desk, tx_as: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    lock(desk, batch_id)
    run_id = have_exported(tx_as, desk, batch_id)
    job = run_batches.Run("batches.run", app.extensions["redress"])

    def killed(*_args: Any) -> None:
        raise _Killed

    with monkeypatch.context() as once:
        once.setattr(run_batches, "end_done", killed)
        with pytest.raises(_Killed):
            run_batches.run_batch(job, str(run_id))
    half = stands(tx_as, batch_id), last(tx_as, desk, batch_id).state
    run_batches.run_batch(job, str(run_id))
    run_batches.run_batch(job, str(run_id))

    assert half == (("locked", 5, 0, 0), BatchRunState.RUNNING)
    assert stands(tx_as, batch_id) == ("exported", 5, 1, 5)
    assert_whole(tx_as)


def test_a_batch_is_worked_on_once_at_a_time(desk: Desk, tx_as: Transaction) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    have_locked(tx_as, desk, batch_id)

    with pytest.raises(Refused) as refused:
        have_locked(tx_as, desk, batch_id)

    assert refused.value.code == "batch_busy"


def test_what_can_be_said_before_is_said_before(desk: Desk, tx_as: Transaction) -> None:
    batch_id = make_batch(desk, *AMOUNTS)

    with pytest.raises(Stale):
        have_locked(tx_as, desk, batch_id, version=99)
    with pytest.raises(Refused):
        have_exported(tx_as, desk, batch_id)
    lock(desk, batch_id)
    with pytest.raises(Forbidden) as own, tx_as(desk.fay.actor) as tx:
        ask_export(tx, ExportBatch(batch_id), desk.fay.actor, CLOCK)

    assert own.value.code in {"locked_by_you", "permission"}


def test_what_is_refused_later_is_told_with_its_reason(
    desk: Desk, tx_as: Transaction, run_batch: Jobs
) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    have_locked(tx_as, desk, batch_id)
    lock(desk, batch_id)

    run_batch()

    found = last(tx_as, desk, batch_id)
    assert (found.state, found.outcome) == (BatchRunState.REFUSED, "batch_state")
    assert "does not allow" in str(found.why)
    assert stands(tx_as, batch_id) == ("locked", 5, 0, 0)


def test_what_has_ended_is_not_stopped(desk: Desk, tx_as: Transaction, run_batch: Jobs) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    run_id = have_locked(tx_as, desk, batch_id)
    run_batch()

    with pytest.raises(Refused), tx_as(desk.fay.actor) as tx:
        cancel_run(tx, run_id, desk.fay.actor, CLOCK)

    assert last(tx_as, desk, batch_id).state is BatchRunState.DONE


def test_only_who_may_do_it_stops_it(desk: Desk, tx_as: Transaction) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    run_id = have_locked(tx_as, desk, batch_id)

    nobody = replace(desk.gus.actor, roles=frozenset({Role.REVIEWER}))

    with pytest.raises(Forbidden), tx_as(nobody) as tx:
        cancel_run(tx, run_id, nobody, CLOCK)

    with tx_as(desk.fay.actor) as tx:
        cancel_run(tx, run_id, desk.fay.actor, CLOCK)
    assert last(tx_as, desk, batch_id).state is BatchRunState.CANCELLED


def test_progress_counts_two_passes_and_never_says_all() -> None:
    assert [
        done_of(10, step, count) for step, count in ((0, 0), (0, 5), (0, 99), (1, 5), (1, 10))
    ] == [0, 2, 5, 7, 9]


def test_time_left_goes_by_the_pace_so_far() -> None:
    begun = datetime(2026, 11, 29, tzinfo=UTC)
    assert seconds_left(100, 25, begun, begun + timedelta(seconds=10)) == 30
    assert seconds_left(100, 0, begun, begun) is None
    assert seconds_left(100, 5, None, begun) is None
