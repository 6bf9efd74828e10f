"""A large batch on its pages: asked for, how far, stopped, done; and its corrections page by page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.corrections.queries import batches
from app.corrections.queries.batches import batch_view
from app.corrections.service import runs
from app.infra.db.transaction import transaction
from app.infra.jobs import run_task
from app.kernel.actor import Actor
from tests.factories.corrections import Desk, export, lock, make_batch

Client = Callable[[Any], Any]
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


def send(client: Any, href: str, **fields: str) -> Any:
    return client.post(href, data={"idempotency_key": uuid4().hex, **fields})


def words(answer: Any) -> str:
    return " ".join(re.sub("<[^>]+>", " ", answer.get_data(as_text=True)).split())


@pytest.mark.usefixtures("_small_is_large")
def test_a_large_batch_is_locked_and_exported_behind_its_pages(
    desk: Desk, client_as: Client, run_batches: Jobs
) -> None:
    page = f"/finance/batches/{make_batch(desk, *AMOUNTS)}"
    fay, gus = client_as(desk.fay), client_as(desk.gus)

    asked = send(fay, f"{page}/lock")
    waiting = fay.get(page)
    again = send(fay, f"{page}/lock")
    run_batches()
    locked = fay.get(page)
    written = send(gus, f"{page}/export")
    writing = gus.get(f"{page}/export")
    run_batches()

    assert (asked.status_code, written.status_code, again.status_code) == (303, 303, 409)
    assert waiting.headers["Refresh"] == "3"
    assert "The batch is being locked 0 of 5 corrections." in words(waiting)
    assert "Lock this batch" not in words(waiting)
    assert "Refresh" not in locked.headers
    assert "Locked" in words(locked)
    assert "The file is being written" in words(writing)
    assert "Export €150.00" not in words(writing)
    assert "Download the file" in words(gus.get(f"{page}/export"))


@pytest.mark.usefixtures("_small_is_large")
def test_a_run_is_stopped_on_the_page(desk: Desk, client_as: Client, run_batches: Jobs) -> None:
    page = f"/finance/batches/{make_batch(desk, *AMOUNTS)}"
    fay = client_as(desk.fay)
    send(fay, f"{page}/lock")

    stopped = send(fay, f"{page}/stop")
    run_batches()

    assert stopped.headers["Location"].endswith(page)
    shown = words(fay.get(page))
    assert "This was stopped. Nothing of it was done." in shown
    assert "Lock this batch" in shown


def test_a_small_batch_is_done_at_once(desk: Desk, client_as: Client) -> None:
    page = f"/finance/batches/{make_batch(desk, *AMOUNTS)}"
    fay = client_as(desk.fay)

    send(fay, f"{page}/lock")

    assert "being locked" not in words(fay.get(page))
    assert "Locked" in words(fay.get(page))


def test_corrections_of_a_batch_are_paged_as_they_came_in(
    desk: Desk, client_as: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    fay, page = client_as(desk.fay), f"/finance/batches/{batch_id}"
    whole = _entries(desk, batch_id)
    monkeypatch.setattr(batches, "PAGE", 2)

    found, href, pages = [], page, 0
    while href:
        shown = fay.get(href).get_data(as_text=True)
        found += re.findall(r"/finance/corrections/([0-9a-f-]{36})", shown)
        following = re.search(r'href="([^"]*after=[^"]*)"', shown)
        href, pages = following[1].replace("&amp;", "&") if following else "", pages + 1

    assert [UUID(key) for key in found] == whole
    assert pages == 3
    assert "Corrections 5 Total" in words(fay.get(page))
    assert fay.get(f"{page}?after=nonsense").status_code == 404


def _entries(desk: Desk, batch_id: UUID) -> list[UUID]:
    with transaction(desk.fay.actor, read_only=True) as tx:
        return [entry.correction_id for entry in batch_view(tx, desk.fay.actor, batch_id).entries]


def test_a_batch_of_several_pages_takes_exceptions_from_the_ledgers_file(
    app: Any, desk: Desk, client_as: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = make_batch(desk, *AMOUNTS)
    lock(desk, batch_id)
    export(desk.gus.actor, batch_id, app.extensions["redress"].storage)
    fay, page = client_as(desk.fay), f"/finance/batches/{batch_id}/export"
    one = words(fay.get(page))

    monkeypatch.setattr(batches, "PAGE", 2)
    several = words(fay.get(page))

    assert ("What the ledger says" in one, "What the ledger says" in several) == (True, False)
    assert "Something was not posted as exported? Compare with the ledger" in several
