"""A counter-notice in five short pages by the artist, read by the desk before it is accepted, by the claimant after."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.people import Visitor
from tests.browser.steps import moves
from tests.browser.test_screens import looks

Visit = Callable[..., Visitor]
WORDS = "I recorded the harbour myself on 3 March 2026."
PHONE = "+994 12 555 01 00"


def goes_on(artist: Visitor, width: int, page: str, **answers: str) -> None:
    """Look at a page, answer it, tick what it asks to declare."""
    looks(artist, f"counter-{page}", width)
    for name, text in answers.items():
        artist.page.locator(f"[name={name}]").first.fill(text)
    for box in artist.page.locator("main input[type=checkbox]").all():
        box.check()
    artist.presses("Continue")


@pytest.mark.parametrize(("width", "key"), [(390, "ani"), (1440, "rauf")])
def test_a_counter_notice_in_five_pages_and_who_reads_it(
    visit: Visit, stage: Callable[..., str], width: int, key: str
) -> None:
    # Given a recording that came down after a notice
    reference = stage("notice", key)
    artist = visit(width)
    artist.signs_in_as_artist(key)
    artist.opens(f"/cases/{reference}")
    looks(artist, "counter-case", width)

    # When the artist answers page after page, leaves after the second and finds it again
    artist.follows("Send a counter-notice")
    goes_on(artist, width, "about")
    goes_on(artist, width, "material", locations="https://store.example/track/1")
    artist.opens(f"/cases/{reference}")
    artist.follows("Send a counter-notice")
    artist.page.locator("[name=ground][value=mistake]").check()
    goes_on(artist, width, "mistake", explanation=WORDS)
    artist.page.locator("[name=place][value=elsewhere]").check()
    goes_on(
        artist, width, "you", full_name="Rauf Hasanov", address="1 Quay Street, Baku", phone=PHONE
    )
    looks(artist, "counter-sign", width)
    artist.types("Your full name", "Rauf Hasanov")
    artist.presses("Sign and send the counter-notice")
    artist.follows("Read the counter-notice")
    artist.sees(WORDS)

    # Then the desk reads it element by element, and the claimant only after it was accepted
    reviewer, claimant = visit(width), visit(width)
    reviewer.signs_in_as_staff("leyla")
    reviewer.opens(f"/desk/cases/{reference}/counter-notice")
    reviewer.sees("(A) Signature")
    reviewer.sees(WORDS)
    looks(reviewer, "desk-counter", width)
    claimant.signs_in_as_artist("caspian")
    claimant.opens(f"/cases/{reference}/counter-notice")
    assert WORDS not in claimant.page.content()
    moves(reviewer, reference, "accept_counter", reason="All elements are there.")
    claimant.opens(f"/cases/{reference}")
    claimant.follows("Read the counter-notice")
    claimant.sees(PHONE)
