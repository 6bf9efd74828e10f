"""kill -9 of the worker half-way in the lock and in the export of a large batch: nothing of it was done, and then all, once."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from typing import Any

import psycopg
import pytest

from app.corrections.rules.runs import LARGE
from tests.soak.house import ROOT, House, Part, house, seeded


def said(running: House, *words: str) -> list[str]:
    """The answer of `tests/soak/batches.py`."""
    assert running.stack.postgres is not None
    told = {"REDRESS_DEMO_SMALL": "true", "SOAK_SUPERUSER": running.stack.postgres.urls().superuser}
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.batches", *words], env=running.environ | told, cwd=ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split()


def stands(running: House, batch: str) -> tuple[Any, ...]:
    """State of the batch, its frozen lines, its files, the states of its corrections, and entries of those that left."""
    (found,) = running.rows(
        "select batch.state, (select count(frozen) from batch_line where batch_id = batch.id), "
        "(select count(*) from export_file where batch_id = batch.id), "
        "(select jsonb_object_agg(state, n) from (select fix.state, count(*) as n from correction as fix "
        "  join batch_line as line on line.correction_id = fix.id where line.batch_id = batch.id group by 1) as each), "
        "(select count(*) from history_entry where verb = 'correction.exported') from batch where id = %s",
        batch,
    )
    return found


def kill_half_way(running: House, worker: Part, run: str, kills: int, dice: random.Random) -> None:
    """*kills* times: start it, wait until the run begins (anew), a moment more, kill -9. It is dead afterwards."""
    assert running.stack.postgres is not None
    begun = None
    with psycopg.connect(running.stack.postgres.urls().superuser, autocommit=True) as watcher:
        for _ in range(kills):
            worker.start()
            until = time.monotonic() + 240
            while True:
                found = watcher.execute(
                    "select state, started_at from batch_run where id = %s", [run]
                ).fetchone()
                assert found is not None
                if found[0] == "running" and found[1] != begun:
                    break
                assert found[0] in {"waiting", "running"}, f"too late: {found[0]}"
                assert time.monotonic() < until, worker.log.read_text()[-2000:]
                time.sleep(0.005)
            begun = found[1]
            time.sleep(dice.uniform(0.0, 0.05))
            worker.kill()


def until_ended(running: House, run: str) -> str:
    """The state in which the run ended."""
    until = time.monotonic() + 240
    while True:
        ((state,),) = running.rows("select state from batch_run where id = %s", run)
        if state not in {"waiting", "running"}:
            return str(state)
        assert time.monotonic() < until, "the run does not end"
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("count", "kills"),
    [
        pytest.param(LARGE + 500, {"export": 1}, marks=pytest.mark.slow),
        pytest.param(50_000, {"lock": 5, "export": 5}, marks=pytest.mark.soak),
    ],
)
def test_a_worker_killed_half_way_leaves_a_batch_as_it_was_and_ends_it_then(
    count: int, kills: dict[str, int]
) -> None:
    """The short form kills in one of the two alone."""
    dice = seeded(count)
    with house() as running:
        batch, locker, exporter = said(running, "fill", str(count))
        before = stands(running, batch)
        assert before == ("open", 0, 0, {"batched": count}, before[4])
        worker = running.worker(1)

        for act, who, after in (
            ("lock", locker, ("locked", count, 0, {"batched": count}, before[4])),
            ("export", exporter, ("exported", count, 1, {"exported": count}, before[4] + count)),
        ):
            worker.stop()  # it must not be done before anybody looks
            run = said(running, act, batch, who)[0]
            kill_half_way(running, worker, run, kills.get(act, 0), dice)
            assert stands(running, batch) == before
            running.minutes_pass()
            worker.start()
            assert until_ended(running, run) == "done"
            before = stands(running, batch)
            assert before == after

        ((left,),) = running.rows(
            "select count(*) from history_entry where verb = 'batch.exported' and subject_id = %s", batch
        )  # fmt: skip
        assert (left, worker.kills) == (1, sum(kills.values()))
        running.assert_sound()
