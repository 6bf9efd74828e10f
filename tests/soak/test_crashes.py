"""PostgreSQL stopped with `-m immediate` under load: every acknowledged transaction is there afterwards."""

from __future__ import annotations

import time

import pytest

from tests.soak.house import house, seeded
from tests.soak.test_kills import PATIENCE, assert_nothing_lost_or_doubled, until_more


@pytest.mark.parametrize(
    "crashes", [pytest.param(3, marks=pytest.mark.slow), pytest.param(50, marks=pytest.mark.soak)]
)
def test_database_crashes(crashes: int) -> None:
    dice = seeded(crashes)
    with house() as running:
        assert running.stack.postgres is not None
        running.worker(1)
        writers = [running.writer(1, "invite"), running.writer(2, "invite")]
        before = 0
        for _ in range(crashes):
            until_more(running, writers, before)
            time.sleep(dice.uniform(0.3, 1.5))
            running.stack.postgres.crash()
            before = sum(len(part.lines) for part in writers)
            time.sleep(dice.uniform(0.0, 1.0))
            running.stack.postgres.start()
            running.revive()
        until_more(running, writers, before)
        for part in running.parts:
            part.kill()
        running.minutes_pass()
        running.revive(but=tuple(writers))
        assert running.drained(PATIENCE, tuple(writers)), "jobs are left over"
        acked = assert_nothing_lost_or_doubled(running)
        running.assert_sound()
        print(f"\n{crashes} crashes, {acked} acknowledged, none lost, none twice")
