"""A large batch by program: 202 with a run, how far it is, stopped or done; and its corrections page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.corrections.queries import batches
from app.corrections.queries.batches import batch_view
from app.corrections.service import runs
from app.infra.db.transaction import transaction
from app.infra.jobs import run_task
from app.kernel.actor import Actor
from tests.factories.corrections import Desk, make_batch

Program = Callable[..., Any]
Jobs = Callable[[], None]
SYSTEM = Actor.system("test")
AMOUNTS = ("10.00", "20.00", "30.00", "40.00", "50.00")


@pytest.fixture
def run_batches(app: Any) -> Jobs:
    """Works off what was asked of batches."""

    def work_off() -> None:
        with transaction(SYSTEM) as tx:
            found = tx.execute(text("select id from batch_run where state = 'waiting'")).scalars()
            waiting = [str(one) for one in found]
        for run_id in waiting:
            run_task(app.extensions["redress"], runs.RUN, {"run_id": run_id})

    return work_off


@pytest.fixture
def _small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "LARGE", 4)


def _entries(desk: Desk, batch_id: UUID) -> list[UUID]:
    with transaction(desk.fay.actor, read_only=True) as tx:
        return [entry.correction_id for entry in batch_view(tx, desk.fay.actor, batch_id).entries]


@pytest.mark.usefixtures("_small_is_large")
def test_a_program_asks_for_a_run_and_reads_how_far_it_is(
    desk: Desk, program: Program, run_batches: Jobs
) -> None:
    batch = f"/api/v1/batches/{make_batch(desk, *AMOUNTS)}"
    fay = program(desk.fay)
    seen = {"If-Match": fay.get(batch).headers["ETag"]}

    asked = fay.post(f"{batch}/lock", json={}, headers=seen)
    run = f"/api/v1/batch-runs/{asked.json['id']}"
    before = fay.get(run)
    run_batches()
    after = fay.get(run)
    late = fay.post(f"{run}/stop")

    assert (asked.status_code, asked.json["act"], asked.json["total"]) == (202, "lock", 5)
    assert (before.json["state"], before.json["percent"]) == ("waiting", 0)
    assert (after.json["state"], after.json["done"], after.json["percent"]) == ("done", 5, 100)
    assert (late.status_code, late.json["code"]) == (409, "ended")
    assert fay.get(batch).json["state"] == "locked"


def test_a_program_reads_the_corrections_of_a_batch_page_by_page(
    desk: Desk, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    whole = _entries(desk, batch_id)
    fay = program(desk.fay)
    monkeypatch.setattr(batches, "PAGE", 2)

    shown = fay.get(f"/api/v1/batches/{batch_id}").json
    found, cursor = [], ""
    while cursor is not None:
        place = {"cursor": cursor} if cursor else {}
        page = fay.get(f"/api/v1/batches/{batch_id}/entries", query_string=place).json
        found += [UUID(item["correction_id"]) for item in page["items"]]
        cursor = page["next_cursor"]

    assert (shown["count"], len(shown["entries"])) == (5, 2)
    assert found == whole
