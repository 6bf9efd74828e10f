"""Many at once: two checkers, an approval against a lock, fifty exporters. One effect, nobody stuck."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.corrections.rules.lifecycle import CorrectionState
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.errors import RedressError
from tests.factories.corrections import (
    Desk,
    approve,
    export,
    lock,
    make_batch,
    make_correction,
    make_desk,
    seen_by,
)


@pytest.fixture
def desk(app: Any, pg: dict[str, Any]) -> Desk:
    return make_desk(pg)


def at_once(app: Any, acts: list[Callable[[], Any]], workers: int = 0) -> list[Any]:
    """Run all of *acts* at the same instant; each result or the error it raised, in order."""
    workers = workers or len(acts)
    gate = threading.Barrier(workers)

    def run(index: int, act: Callable[[], Any]) -> Any:
        if index < workers:
            gate.wait(timeout=20)
        with app.app_context():
            try:
                return act()
            except (RedressError, DBAPIError) as error:
                return type(error).__name__

    with ThreadPoolExecutor(workers) as pool:
        return [f.result(60) for f in [pool.submit(run, i, act) for i, act in enumerate(acts)]]


@pytest.mark.parametrize("round_", range(10))
def test_b097_of_two_checkers_at_the_same_instant_one_wins(
    app: Any, desk: Desk, round_: int
) -> None:
    key = make_correction(desk)
    seen = seen_by(desk.gus.actor, key)

    results = at_once(
        app,
        [lambda: approve(desk.gus.actor, key, seen), lambda: approve(desk.gil.actor, key, seen)],
    )

    assert sorted(r if isinstance(r, str) else r.state.value for r in results) == [
        "Refused",
        "batched",
    ]


@pytest.mark.parametrize("round_", range(5))
def test_b097_above_the_limit_two_checkers_at_once_are_the_two(
    app: Any, desk: Desk, round_: int
) -> None:
    key = make_correction(desk, "5000.00")
    seen = seen_by(desk.gus.actor, key)

    results = at_once(
        app,
        [lambda: approve(desk.gus.actor, key, seen), lambda: approve(desk.gil.actor, key, seen)],
    )

    assert {r.state for r in results} == {CorrectionState.APPROVED_ONCE, CorrectionState.BATCHED}


def test_one_checker_pressing_twice_approves_once(app: Any, desk: Desk) -> None:
    key = make_correction(desk, "5000.00")
    seen = seen_by(desk.gus.actor, key)

    results = at_once(app, [lambda: approve(desk.gus.actor, key, seen)] * 4)

    assert Counter(r if isinstance(r, str) else "approved" for r in results) == {
        "approved": 1,
        "Forbidden": 3,
    }


def test_b100_approvals_run_while_the_batch_is_locked(app: Any, desk: Desk) -> None:
    first = make_batch(desk, "1.00")
    keys = [make_correction(desk, f"{n}.00") for n in range(2, 12)]

    at_once(
        app,
        [lambda: lock(desk, first), *(lambda k=k: approve(desk.gus.actor, k) for k in keys)],
        workers=6,
    )

    with transaction(Actor.system("test")) as tx:
        states = tx.execute(text("select state, count(*) from correction group by state")).all()
        open_now = tx.execute(text("select count(*) from batch where state = 'open'")).scalar_one()
    assert [tuple(row) for row in states] == [("batched", 11)]
    assert open_now <= 1


def test_fifty_exporters_write_one_file(app: Any, desk: Desk) -> None:
    batch_id = make_batch(desk, "10.00", "20.00")
    lock(desk, batch_id)
    storage = app.extensions["redress"].storage
    people = [desk.gus.actor, desk.gil.actor]

    results = at_once(
        app,
        [lambda n=n: export(people[n % 2], batch_id, storage) for n in range(50)],
        workers=10,
    )

    assert len(set(results)) == 1
    assert len(results[0]) == 64
    with transaction(Actor.system("test")) as tx:
        events = tx.execute(text("select count(*) from event where type = 'batch_exported'"))
        assert events.scalar_one() == 1
        assert tx.execute(text("select count(*) from export_file")).scalar_one() == 1
    keys = [item.key for item in storage.list(f"exports/{batch_id}/")]
    assert len(keys) == 1
