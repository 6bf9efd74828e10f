"""Page budgets of UX section 12, measured by a 390 px phone on a slow line: compressed bytes, requests, layout shift."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.crawl import enters
from tests.browser.people import Visitor
from tests.browser.test_money_screens import FIRST_FAULT, FIRST_STATEMENT

Visit = Callable[..., Visitor]
KB = 1024
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 200 * KB, "uploadThroughput": 90 * KB}  # fmt: skip
SHIFT = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 400);
})"""
MOST_SHIFT = 0.02
MOVE_PANES = """() => fetch("/desk/panes", { method: "POST",
  body: new URLSearchParams({ facts: 300, evidence: 500,
  csrf_token: document.querySelector("[name=csrf_token]").value }) }).then((answer) => answer.status)"""


@dataclass(frozen=True)
class Budget:
    """Kilobytes as they travel, compressed; *requests*: with the page itself. The icons count in *total* alone."""

    html: int
    css: int
    js: int
    other: int
    total: int
    requests: int


PUBLIC = Budget(12, 14, 25, 20, 70, 6)
ARTIST = Budget(15, 14, 25, 30, 85, 8)
DESK = Budget(30, 14, 40, 48, 130, 9)  # the font has 47.1 KB, its headers the rest
WORKSPACE = Budget(40, 14, 40, 77, 170, 14)
PAGES: dict[str, tuple[Budget, tuple[str, ...]]] = {
    "": (PUBLIC, ("/", "/help", "/signin", "/verify")),
    "sabina": (ARTIST, ("/cases", "/cases/new", "/notifications", "/me", "first draft", "first case")),
    "leyla": (DESK, ("/desk", "/search?q=night", "/notifications")),
    "gus": (DESK, ("/finance/corrections", "/finance/batches", "/finance/holds", "/finance/parent-events", "first fault",
                   "first lines", "/finance/terms?table=splits")),
    "made": (ARTIST, ("/me/payout", "first kind", "first payout")),
}  # fmt: skip


@dataclass
class Line:
    """What came over it, by kind of file."""

    sizes: dict[str, list[int]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def watch(self, visitor: Visitor) -> None:
        """Slow it down, and count every answer with its compressed size."""
        wire = visitor.page.context.new_cdp_session(visitor.page)
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        wire.send("Network.emulateNetworkConditions", SLOW_4G)
        wire.on("Network.responseReceived", self._begins)
        wire.on("Network.loadingFinished", self._ends)

    def _begins(self, event: Any) -> None:
        address = event["response"]["url"]
        # The tab of the browser asks for the logo, or does not.
        is_picture = "/icons." in address or "/logo." in address
        self.kinds[event["requestId"]] = "Icon" if is_picture else event["type"]

    def _ends(self, event: Any) -> None:
        kind = self.kinds.get(event["requestId"], "Other")
        self.sizes.setdefault(kind, []).append(int(event["encodedDataLength"]))

    def kilobytes(self, *kinds: str) -> float:
        """Of these kinds, or of all."""
        return sum(sum(self.sizes.get(kind, [])) for kind in kinds or self.sizes) / KB


def over(line: Line, budget: Budget, shift: float) -> list[str]:
    """What exceeds the budget, in words."""
    known = {"Document", "Stylesheet", "Script", "Icon"}
    measured = {
        "html": (line.kilobytes("Document"), budget.html),
        "css": (line.kilobytes("Stylesheet"), budget.css),
        "js": (line.kilobytes("Script"), budget.js),
        "other": (line.kilobytes(*(set(line.sizes) - known)) if set(line.sizes) - known else 0, budget.other),
        "total": (line.kilobytes(), budget.total),
        "requests": (sum(map(len, line.sizes.values())), budget.requests),
        "shift": (shift, MOST_SHIFT),
    }  # fmt: skip
    return [f"{name} {has:.3g} of {most}" for name, (has, most) in measured.items() if has > most]


def measure(visitor: Visitor, path: str, budget: Budget) -> list[str]:
    """Open the page as if for the first time."""
    line = Line()
    line.watch(visitor)
    visitor.opens(path)
    shift = float(visitor.page.evaluate(SHIFT))
    return [f"{path}: {words}" for words in over(line, budget, shift)]


FIRSTS = {
    "first draft": ("/cases", "a[href^='/cases/new/']", ""),
    "first case": ("/cases", "a[href^='/cases/RD-']", ""),
    "first payout": (
        "/cases",
        "a[href^='/cases/RD-']:has-text('Rumah di Tepi')",
        "/payout/statement",
    ),
    "first kind": ("/me/payout", "main a[href^='/me/payout/']", "?kind=us_account"),
    "first fault": ("/finance/parent-events", FIRST_FAULT, ""),
    "first lines": ("/finance/statements", FIRST_STATEMENT, "/lines"),
}
"""What is looked for: the list, the link in it, and what is below that."""


def address_of(visitor: Visitor, path: str) -> str:
    """The address; the first of a kind is looked for in its list."""
    if path not in FIRSTS:
        return path
    listed, link, below = FIRSTS[path]
    visitor.opens(listed)
    return str(visitor.page.locator(link).first.get_attribute("href")) + below


@pytest.mark.parametrize("key", PAGES)
def test_pages_fit_their_budget(visit: Visit, key: str) -> None:
    visitor = enters(visit, key, 390)
    budget, paths = PAGES[key]

    found = [line for path in paths for line in measure(visitor, address_of(visitor, path), budget)]

    assert found == []


def test_the_uploader_comes_when_somebody_gets_there(visit: Visit) -> None:
    sabina = enters(visit, "sabina", 390)
    sabina.opens(address_of(sabina, "first case"))
    zone = sabina.page.locator("file-uploads:defined")
    came = zone.count()

    sabina.page.locator("file-uploads").scroll_into_view_if_needed()

    assert came == 0
    expect(zone).to_have_count(1)


def test_the_workspace_fits_its_budget(visit: Visit) -> None:
    leyla = enters(visit, "leyla", 390)
    leyla.opens("/desk")
    case = str(leyla.page.locator("a.data-table__title").first.get_attribute("href"))
    assert leyla.page.evaluate(MOVE_PANES) == 204, "who moved the panes has a style sheet more"

    assert measure(leyla, case, WORKSPACE) == []
