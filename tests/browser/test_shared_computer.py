"""B187: who comes after on the same computer finds nothing. And the offline note."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.people import Visitor

Visit = Callable[..., Visitor]
KEPT = """async () => [
  ...Object.values(localStorage), ...Object.values(sessionStorage).filter((one) => one !== location.pathname),
  ...(await indexedDB.databases()).map((one) => one.name), ...(await caches.keys()),
]"""


def test_b187_the_back_button_shows_nothing_private_after_signing_out(visit: Visit) -> None:
    artist = visit(390)
    artist.signs_in_as_artist("sabina")
    artist.opens("/cases")
    artist.follows_first("Night Ferry")
    case = artist.page.url
    artist.page.locator("summary[aria-label^='Your account']").click()
    artist.presses("Sign out")

    for _step in range(3):
        artist.page.go_back(wait_until="load")
        assert "Night Ferry" not in artist.page.inner_text("body")
    artist.opens(case)
    assert "/signin" in artist.page.url
    assert "Night Ferry" not in artist.page.content()


def test_b187_nothing_is_kept_in_the_browser_beside_the_session(visit: Visit) -> None:
    artist = visit(390)
    artist.signs_in_as_artist("sabina")
    artist.opens("/cases")
    artist.follows_first("Night Ferry")
    before = {one["value"] for one in artist.page.context.cookies()}
    artist.page.locator("summary[aria-label^='Your account']").click()
    artist.presses("Sign out")

    assert artist.page.evaluate(KEPT) == []
    assert before.isdisjoint(one["value"] for one in artist.page.context.cookies())


def test_losing_the_network_is_said_and_the_text_stays(visit: Visit) -> None:
    artist = visit(390)
    artist.signs_in_as_artist("sabina")
    artist.opens("/cases")
    artist.follows_first("Night Ferry")
    note = artist.page.get_by_text("You are offline. What you type is kept.")
    expect(note).to_be_hidden()
    artist.page.locator("textarea").first.fill("My answer")

    artist.page.context.set_offline(True)
    expect(note).to_be_visible()
    artist.finds_nothing_with_axe()
    artist.page.context.set_offline(False)

    expect(note).to_be_hidden()
    expect(artist.page.locator("textarea").first).to_have_value("My answer")
