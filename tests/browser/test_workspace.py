"""Two reviewers in one case: each is seen by the other, and neither loses a word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.people import Visitor

Visit = Callable[..., Visitor]


def opens_a_case(visitor: Visitor, address: str = "") -> str:
    """The first case of the list, or the one at *address*."""
    if not address:
        visitor.opens("/desk")
        address = visitor.page.locator("a.data-table__title").first.get_attribute("href") or ""
    visitor.opens(address)
    return address


def writes(visitor: Visitor, words: str) -> None:
    """Type into the composer as an internal note and wait until it is kept."""
    visitor.page.locator(".composer [value=note]").check()
    visitor.page.locator(".composer textarea").fill(words)
    expect(visitor.page.locator("#kept")).to_contain_text("Saved at")


def test_two_reviewers_in_one_case_lose_nothing(visit: Visit) -> None:
    leyla, nino = visit(), visit()
    leyla.signs_in_as_staff("leyla")
    nino.signs_in_as_staff("nino")
    address = opens_a_case(leyla)
    opens_a_case(nino, address)

    writes(leyla, "Leyla writes a long note.")
    writes(nino, "Nino writes one, too.")
    expect(leyla.page.locator(".composer textarea")).to_have_value("Leyla writes a long note.")
    nino.page.keyboard.press("Control+Enter")
    nino.sees("Nino writes one, too.")
    leyla.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    leyla.sees("1 message came while you typed. Your text is still here.")
    leyla.sees("Nino")
    expect(leyla.page.locator(".composer textarea")).to_have_value("Leyla writes a long note.")
    leyla.opens(address)
    expect(leyla.page.locator(".composer textarea")).to_have_value("Leyla writes a long note.")
    leyla.page.locator(".composer textarea").press("Control+Enter")
    leyla.sees("Leyla writes a long note.")
    leyla.sees("Nino writes one, too.")
    leyla.finds_nothing_with_axe()


@pytest.mark.parametrize("width", [1440, 1000, 390])
def test_the_panes_fit_and_move_by_keyboard(visit: Visit, width: int) -> None:
    leyla = visit(width=width)
    leyla.signs_in_as_staff("leyla")
    address = opens_a_case(leyla)
    leyla.never_scrolls_sideways()
    if width == 1440:
        bar: Any = leyla.page.get_by_role("separator", name="Width of the facts")
        before = int(bar.get_attribute("aria-valuenow"))
        bar.press("ArrowRight")
        with leyla.page.expect_response("**/desk/panes"):
            bar.press("ArrowRight")
        leyla.opens(address)
        after = leyla.page.locator("#facts").bounding_box()
        assert after is not None
        assert round(after["width"]) == before + 32
        bar.press("Home")
        leyla.page.wait_for_timeout(600)
    if width == 1000:
        leyla.page.get_by_role("button", name="Facts").click()
        leyla.sees("Deadlines")
    leyla.finds_nothing_with_axe()
