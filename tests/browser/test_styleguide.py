"""The style guide in every frame: both parts, both themes, both directions, both densities. Axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.people import Visitor

Visit = Callable[..., Visitor]
FRAMES = ("", "?part=states", "?part=states&theme=dark", "?part=states&lang=ar", "?part=states&lang=ar&theme=dark",
          "?part=states&density=compact")  # fmt: skip
OUTSIDE = """() => [...document.querySelectorAll("main *")].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 1 && !one.closest(".sr-only, [tabindex='0'], .tabs") && (box.right > innerWidth + 1 || box.left < -1);
}).map((one) => one.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_every_state_fits_and_can_be_used(visit: Visit, width: int) -> None:
    visitor = visit(width)

    for frame in FRAMES:
        visitor.opens(f"/styleguide{frame}")
        visitor.never_scrolls_sideways()
        assert visitor.page.evaluate(OUTSIDE) == [], f"{frame} at {width}"
        visitor.finds_nothing_with_axe()


def test_shown_states_look_as_real_ones_do(visit: Visit) -> None:
    visitor = visit()
    visitor.opens("/styleguide?part=states")
    rest = visitor.page.get_by_role("button", name="At rest").first
    shown = visitor.page.get_by_role("button", name="Hover").first

    rest.hover()

    colour = shown.evaluate("(one) => getComputedStyle(one).backgroundColor")
    expect(rest).to_have_css("background-color", colour)
