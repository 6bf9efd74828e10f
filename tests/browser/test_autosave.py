"""The draft that saves itself, on a line where a save takes longer than the artist."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.people import Visitor

Visit = Callable[..., Visitor]
SLOW = {"offline": False, "latency": 700, "downloadThroughput": -1, "uploadThroughput": -1}


def test_continue_waits_for_every_save_and_meets_no_conflict_with_itself(visit: Visit) -> None:
    # Given a phone on which each save takes long, and two answers given within one of them
    artist = visit(390)
    artist.signs_in_as_artist("ani")
    artist.opens("/cases/new")
    artist.picks("My payout is wrong or missing")
    artist.presses("Continue")
    artist.picks("Earnings are missing or too low")
    artist.presses("Continue")
    artist.page.locator("details.by-hand:not([open]) > summary").click()
    artist.page.locator("[name=subject_title]").fill("Night Ferry")
    artist.page.locator("[name=subject_artist]").fill("Ani")
    wire = artist.page.context.new_cdp_session(artist.page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW)
    artist.types("First day of the period", "2026-04-01")
    artist.types("Last day of the period", "2026-06-30")

    # When Continue is pressed at once
    artist.presses("Continue")

    # Then the next step keeps what is typed there, and no other window is blamed
    artist.sees("What happened?")
    artist.types("What happened?", "The statement shows less than the dashboard.")
    artist.page.wait_for_timeout(2 * SLOW["latency"])
    artist.presses("Continue")
    assert artist.page.get_by_text("You changed this").count() == 0
    artist.sees("Before you go on")
