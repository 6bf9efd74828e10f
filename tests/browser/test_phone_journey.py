"""An artist on a small phone and a slow line: begins, leaves in the middle, goes on elsewhere, answers, asks for a second review."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote_plus

from tests.browser.people import Visitor
from tests.browser.steps import (
    Filing,
    asks_for_one_thing,
    attaches,
    begins_case,
    confirms_decision,
    decides,
    judges_everything,
    moves,
    sends_case,
)
from tests.browser.test_budgets import SLOW_4G
from tests.browser.test_screens import looks

Visit = Callable[..., Visitor]
FILING = Filing(
    "My release was taken down or blocked", "Bamboo Quay", "青木 春", branch="A store took it down"
)  # fmt: skip
GROUNDS = "You have not looked at the e-mail of the store."
STORY = "It went down on Monday. Nobody told me why."


def phone(visit: Visit) -> Visitor:
    """A new device of the same artist, signed in on a slow line."""
    artist = visit(390)
    wire = artist.page.context.new_cdp_session(artist.page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW_4G)
    artist.signs_in_as_artist("haru")
    return artist


def test_a_case_begun_on_one_phone_is_filed_answered_and_appealed_on_another(
    visit: Visit, tmp_path: Path
) -> None:
    # Given a draft that was left in the middle, saved by itself
    first = phone(visit)
    begins_case(first, FILING)
    first.finds_nothing_with_axe()
    with first.page.expect_response(re.compile("/save$")) as saved:
        first.page.get_by_label("What happened?").first.press_sequentially(STORY)
    assert saved.value.ok
    assert STORY in unquote_plus(saved.value.request.post_data or "")
    first.page.context.close()

    # When another phone opens the list, the draft is there with every word, and is filed with a file
    artist = phone(visit)
    artist.opens("/cases")
    artist.follows_first("Bamboo Quay")
    artist.opens(artist.page.url.rpartition("/")[0] + "/what")
    assert artist.page.get_by_label("What happened?").first.input_value() == STORY
    reference = sends_case(artist, FILING, attaches(tmp_path))
    artist.opens(f"/cases/{reference}")
    artist.sees("statement.csv")

    # And the desk asks for one thing, which is answered
    reviewer, second = visit(), visit()
    reviewer.signs_in_as_staff("leyla")
    moves(reviewer, reference, "take")
    keeps(reviewer, "desk-request", f"/desk/cases/{reference}/requests/new")
    asks_for_one_thing(reviewer, reference, "Who told you that it was removed?")
    artist.opens(f"/cases/{reference}")
    artist.follows("Answer")
    artist.never_scrolls_sideways()
    artist.finds_nothing_with_axe()
    artist.page.locator("main textarea").first.fill("An e-mail of the store, on 3 November.")
    artist.presses(re.compile("^Send"))

    # Then it is decided by two people, and the artist asks for a second review
    moves(reviewer, reference, "start_review")
    judges_everything(reviewer, reference)
    decides(reviewer, reference)
    second.signs_in_as_staff("nino")
    keeps(second, "desk-confirm", f"/desk/cases/{reference}/confirm")
    confirms_decision(second, reference)
    asks_for_second_review(artist, reference)
    reviewer.opens(f"/desk/cases/{reference}")
    reviewer.sees(GROUNDS)


def keeps(visitor: Visitor, name: str, path: str) -> None:
    """Look at a page at both widths, keep its pictures, and go on as before."""
    size = visitor.page.viewport_size
    assert size is not None
    for width in (390, 1440):
        visitor.page.set_viewport_size({"width": width, "height": 900})
        visitor.opens(path)
        looks(visitor, name, width)
    visitor.page.set_viewport_size(size)


def asks_for_second_review(artist: Visitor, reference: str) -> None:
    """From the decision to a case that is open again."""
    keeps(artist, "portal-decided", f"/cases/{reference}")
    keeps(artist, "portal-rate", f"/cases/{reference}/rate")
    keeps(artist, "portal-second-review", f"/cases/{reference}/second-review")
    keeps(artist, "portal-decision", f"/cases/{reference}/decision")
    artist.follows("ask for a second review")
    artist.picks("Evidence was not read, or read wrongly")
    artist.types("Tell us why", GROUNDS)
    artist.presses("Ask for a second review")
    artist.sees("A second review was asked for.")
