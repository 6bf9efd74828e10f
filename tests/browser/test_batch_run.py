"""The page of a large batch while it is locked in the background: how far it is, by keys and for the eye.

A product of its own, as thirty thousand corrections would stand in every list of the others. Its worker is held
half-way by a signal, so that the page is looked at and not raced with.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Route

from app.infra.embedded.postgres import running_urls
from bench.money import fill_batch
from tests.browser.conftest import running_demo
from tests.browser.keyboard import Typist
from tests.browser.test_money_screens import Visit, looks_all_around

COUNT = 30_000
FAR = re.compile(r"[1-9][\d,]* of 30,000 corrections")


@dataclass(frozen=True)
class LargeBatch:
    """An open batch in a product at *address* on *folder*."""

    address: str
    folder: Path
    id: UUID

    @property
    def worker(self) -> int:
        """Process id of the product's worker."""
        for place in Path("/proc").glob("[0-9]*"):
            try:
                command = (place / "cmdline").read_bytes()
                mine = os.fsencode(self.folder) in (place / "environ").read_bytes()
            except OSError:
                continue
            if mine and b"redress.py\0worker" in command:
                return int(place.name)
        raise AssertionError("the worker is not there")


@pytest.fixture(scope="module")
def large() -> Iterator[LargeBatch]:
    with running_demo() as environ:
        folder = Path(environ["REDRESS_DATA"])
        urls = running_urls(folder)
        assert urls is not None
        made = fill_batch(urls.superuser, COUNT)
        yield LargeBatch(f"http://localhost:{environ['PORT']}", folder, made.id)


def stays(route: Route) -> None:
    """The page without its order to look again by itself: it would turn away under the eyes of whoever looks."""
    answer = route.fetch()
    headers = {name: word for name, word in answer.headers.items() if name.lower() != "refresh"}
    route.fulfill(response=answer, headers=headers)


def test_a_large_batch_is_locked_in_the_background_and_the_page_says_how_far(
    visit: Visit, large: LargeBatch
) -> None:
    gus = visit(address=large.address)
    gus.signs_in_as_staff("gus")
    gus.opens(f"/finance/batches/{large.id}")
    gus.page.route("**/finance/batches/*", stays)
    keys = Typist(gus)
    gus.page.reload()
    keys.reaches("Lock €")
    keys.goes("Enter")
    gus.reloads_until(lambda: gus.page.get_by_text(FAR).count() == 1, 120)

    worker = large.worker
    os.kill(worker, signal.SIGSTOP)
    try:
        gus.page.reload()
        gus.sees("The batch is being locked")
        gus.sees("Asked for by Gus Grau")
        looks_all_around(gus, "finance-batch-run")
        gus.page.reload()
        keys.reaches("Look again")
        keys.goes("Enter")
        keys.reaches("Stop$")
    finally:
        os.kill(worker, signal.SIGCONT)

    gus.reloads_until(lambda: gus.page.get_by_role("button", name="Stop").count() == 0, 300)
    gus.sees("Locked")
