"""The other three kinds, from filing to the end, each as its people would walk it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.browser.people import Visitor
from tests.browser.steps import (
    Filing,
    asks_for_one_thing,
    attaches,
    confirms_decision,
    decides,
    files_case,
    judges_everything,
    moves,
)

Visit = Callable[..., Visitor]


def letter_arrives(artist: Visitor, reference: str) -> None:
    """The decision's page offers the PDF."""
    artist.opens(f"/cases/{reference}/decision")
    link = artist.page.get_by_role("link", name="Download")
    artist.reloads_until(lambda: link.count() > 0)


def test_a_takedown_with_a_question_in_between(visit: Visit, tmp_path: Path) -> None:
    # Given an artist whose release was removed by a store
    artist = visit(390)
    artist.signs_in_as_artist("rauf")
    filing = Filing(
        "My release was taken down or blocked",
        "Salt Road",
        "Rauf Hasanov",
        branch="A store took it down",
    )
    reference = files_case(artist, filing, attaches(tmp_path))

    # When the desk asks for something and the artist answers on the phone
    reviewer = visit()
    reviewer.signs_in_as_staff("leyla")
    moves(reviewer, reference, "take")
    asks_for_one_thing(reviewer, reference, "Who told you that it was removed?")
    artist.opens(f"/cases/{reference}")
    artist.sees("We need one thing from you")
    artist.opens(f"/cases/{reference}/requests/1")
    artist.page.locator("main textarea").first.fill("An e-mail of the store, on 3 November.")
    artist.presses(re.compile("^Send"))

    # Then the case is reviewed, decided by two people, and a letter comes
    moves(reviewer, reference, "start_review")
    judges_everything(reviewer, reference)
    decides(reviewer, reference)
    second = visit()
    second.signs_in_as_staff("nino")
    confirms_decision(second, reference)
    letter_arrives(artist, reference)


def test_a_rights_claim_hears_both_sides(visit: Visit, tmp_path: Path) -> None:
    # Given a claim, and the other side brought in by the desk
    artist = visit(390)
    artist.signs_in_as_artist("sabina")
    filing = Filing(
        "Somebody claims my music", "Quiet Tide", "Sabina Aliyeva", branch="That the recording or work is theirs",
        more=(("Who claims it?", "Caspian Reel Ltd"), ("What do they claim?", "The master."),
              ("What is your part in it?", "I wrote and recorded it.")),
    )  # fmt: skip
    reference = files_case(artist, filing, attaches(tmp_path))
    reviewer = visit()
    reviewer.signs_in_as_staff("leyla")
    moves(reviewer, reference, "take")
    reviewer.opens(f"/desk/cases/{reference}/parties/new")
    reviewer.picks("Respondent")
    reviewer.types("Name, as the other side reads it", "Caspian Reel Ltd")
    reviewer.types("E-mail address", "caspian@tidewater.example")
    reviewer.presses("Invite to the case")

    # When the other side writes, it sees the case and never the artist's private words
    artist.opens(f"/cases/{reference}")
    artist.types("Write to the rights team", "Only for you: my producer is ill, please be patient.")
    artist.presses("Send")
    other = visit(390)
    other.signs_in_as_artist("caspian")
    other.opens(f"/cases/{reference}")
    assert "my producer is ill" not in other.page.content()
    other.types("Write to the rights team", "The loop at 0:48 is ours.")
    other.presses("Send")
    artist.opens(f"/cases/{reference}")
    assert "The loop at 0:48" not in artist.page.content()

    # Then two reviewers decide, and each side gets its own letter
    moves(reviewer, reference, "start_review")
    judges_everything(reviewer, reference)
    decides(reviewer, reference)
    second = visit()
    second.signs_in_as_staff("nino")
    confirms_decision(second, reference)
    letter_arrives(artist, reference)
    letter_arrives(other, reference)


def test_a_support_question_is_answered(visit: Visit) -> None:
    # Given a question
    artist = visit(390)
    artist.signs_in_as_artist("ani")
    reference = files_case(
        artist,
        Filing("Something else", "Գարուն", "Անի Հակոբյան", branch="A delivery, or wrong titles"),
    )

    # When first line takes it and answers
    agent = visit()
    agent.signs_in_as_staff("dee")
    moves(agent, reference, "take")
    moves(agent, reference, "resolve", reason="The store has the right title again.")

    # Then it is resolved
    artist.opens(f"/cases/{reference}")
    artist.sees("Resolved")
