"""Every page in the made-up language en-XA: nothing untranslated, nothing cut, on a phone and on a desk; one filled button."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.cases.rules.kinds import CaseEvent, Kind, Outcome, State, SubKind
from app.corrections.rules.lifecycle import CorrectionState
from app.decisions.rules import DecisionState
from app.evidence.rules.items import ItemState
from app.kernel.sides import Side
from app.ledger.rules.holds import HoldState
from tests.browser.crawl import STARTS, WITHIN, Walk, enters, speaks
from tests.browser.people import Visitor

Visit = Callable[..., Visitor]
LOOK = (Path(__file__).parent / "words.js").read_text("utf-8")
SLUGS = sorted(
    one.value
    for kind in (
        State,
        Kind,
        SubKind,
        CaseEvent,
        Side,
        DecisionState,
        Outcome,
        ItemState,
        HoldState,
        CorrectionState,
    )
    for one in kind
    if one.value.islower()
)
SIZES = ((1440, 900), (390, 844))
FILLED = """() => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;
  return [...document.querySelectorAll(".button--primary")].filter(seen).map((one) => one.textContent.trim());
}"""
"""The one next step of a page is the filled button; where two are filled, neither says it."""


def faults(visitor: Visitor, kind: str) -> list[str]:
    """What is wrong with the page at either width, each fault once."""
    lines = []
    for width, height in SIZES:
        visitor.page.set_viewport_size({"width": width, "height": height})
        found = visitor.page.evaluate(LOOK, SLUGS)
        lines += [f"{kind}: not translated: {line}" for line in found["untranslated"]]
        lines += [f"{kind} at {width}: cut: {line}" for line in found["cut"]]
    filled = visitor.page.evaluate(FILLED)
    if len(filled) > 1 and not kind.startswith("/styleguide"):
        lines.append(f"{kind}: more than one filled button: {filled}")
    return list(dict.fromkeys(lines))


@pytest.mark.parametrize("key", STARTS)
def test_every_page_in_the_longest_language(visit: Visit, key: str) -> None:
    visitor = enters(visit, key)
    speaks(visitor.page.context, visitor.address, "en-XA")
    walk = Walk(visitor, within=WITHIN.get(key, ""))

    found = [line for kind in walk.pages(*STARTS[key]) for line in faults(visitor, kind)]

    assert len(walk.known) >= len(STARTS[key])
    assert found == []
