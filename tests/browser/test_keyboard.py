"""A reviewer works twenty cases by keyboard alone; keys stay quiet while somebody types, can be changed and turned off."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.keyboard import Forms, Typist
from tests.browser.people import Visitor
from tests.web.portal.steps import filed

Visit = Callable[..., Visitor]
MANY = 20
SET = f"Quay {uuid4().hex[:6]}"


def files_cases(visit: Visit) -> None:
    """Twenty filings of two artists about different releases."""
    for key, first in (("made", 0), ("ani", MANY // 2)):
        artist = visit(javascript=False)
        artist.signs_in_as_artist(key)
        for number in range(first, first + MANY // 2):
            which = {"subject_title": f"{SET} {number + 1:02d}", "subject_artist": key.title()}
            filed(Forms(artist), which=which, check={"signer_name": key.title()})


def reads(rev: Typist) -> None:
    """Into the first pane, to what the artist wrote, and open it."""
    rev.presses("F6")
    rev.reaches("What they wrote")
    rev.presses("Enter")
    expect(rev.page.get_by_text("It was taken down on Monday.").first).to_be_visible()


def takes(rev: Typist) -> None:
    """The next step of a new case is to take it: the case is assigned and moves on."""
    rev.goes("d")
    rev.presses(".")
    rev.sends()


def notes(rev: Typist, words: str) -> None:
    rev.presses("n")
    rev.types(words)
    rev.sends()


def replies(rev: Typist) -> None:
    rev.presses("r")
    rev.types("We have your case and look at the notice first.")
    rev.sends()


def asks(rev: Typist) -> None:
    rev.goes("q")
    rev.reaches("Artist$")
    rev.presses("Space")
    rev.fills("Anything else", "Signed producer agreement")
    rev.fills("Why, in words", "It shows who owns the master.")
    rev.sends()


def asks_and_waits(rev: Typist) -> None:
    rev.presses("r")
    rev.types("When did the store write to you?")
    rev.goes("Control+Shift+Enter")


def starts_review(rev: Typist) -> None:
    rev.presses("e")
    rev.reaches("Start (the )?review")
    rev.goes("Enter")
    rev.presses(".")
    rev.sends()


def decides(rev: Typist) -> None:
    starts_review(rev)
    rev.goes("d")
    rev.presses(".")
    rev.fills("Issue$", "Was the notice complete?")
    rev.fills("Finding", "It names no work.")
    rev.chooses("Result", "Est")
    rev.reaches("What we decide|Upheld")
    rev.presses("Space")
    rev.chooses("Remedy", "No")
    rev.fills("What exactly", "Nothing more to do.")
    rev.fills("Reasons for the complainant", "We read the notice. You are right.")
    rev.sends()


TURNS = (replies, asks, starts_review, decides, asks_and_waits)


def test_a_reviewer_works_twenty_cases_by_keyboard_alone(visit: Visit) -> None:
    files_cases(visit)
    leyla = visit()
    leyla.signs_in_as_staff("leyla")
    rev = Typist(leyla)
    finds_the_set(rev)

    worked = []
    rev.presses("j")
    rev.goes("o")
    for number in range(MANY):
        worked.append(leyla.page.locator("h1").inner_text())
        reads(rev)
        takes(rev)
        notes(rev, f"Read, number {number + 1}.")
        TURNS[number % len(TURNS)](rev)
        expect(leyla.page.locator("main")).to_contain_text(f"Read, number {number + 1}.")
        if number + 1 < MANY:
            rev.goes("]")
    rev.goes("u")

    assert len(set(worked)) == MANY
    assert all(title.startswith(SET) for title in worked)
    assert leyla.page.evaluate("document.activeElement.textContent") == worked[-1]
    stages = leyla.page.locator(".desk-table tbody").inner_text()
    for words, many in (
        ("Triage", 4),
        ("Waiting on artist", 8),
        ("Evidence review", 4),
        ("Confirming", 4),
    ):
        assert stages.count(words) == many, stages
    assert stages.count("Leyla") >= MANY
    leyla.finds_nothing_with_axe()


def finds_the_set(rev: Typist) -> None:
    """From the desk to a filtered list: go, filter, first field, send."""
    rev.page.goto(rev.page.url)
    rev.goes("g", "d")
    rev.goes("f")
    rev.presses(".")
    rev.types(SET)
    rev.sends()
    expect(rev.page.locator("[data-row]")).to_have_count(MANY)


def test_keys_are_quiet_while_typing_and_can_be_turned_off(visit: Visit) -> None:
    nino = visit()
    nino.signs_in_as_staff("nino")
    nino.opens("/desk")
    rev = Typist(nino)
    nino.page.reload()

    rev.presses("j")
    rev.presses("x")
    expect(nino.page.locator(".desk-table .check[name=case]:checked")).to_have_count(1)
    rev.presses("?")
    nino.sees("Keys of this page")
    nino.finds_nothing_with_axe()
    rev.presses("Escape", "Control+k")
    field = nino.page.get_by_role("combobox")
    rev.page.keyboard.type("jxd?")
    expect(field).to_have_value("jxd?")
    rev.presses("Escape")
    expect(nino.page.locator("#palette")).to_be_hidden()

    nino.opens("/me/keys")
    nino.page.get_by_label("Keys without Ctrl").uncheck()
    nino.presses("Save keys")
    nino.opens("/desk")
    rev.presses("j", "x")
    expect(nino.page.locator(".desk-table .check[name=case]:checked")).to_have_count(0)
    nino.opens("/me/keys")
    nino.presses("Back to the standard keys")


def test_the_palette_leads_to_cases_pages_and_acts(visit: Visit) -> None:
    nino = visit()
    nino.signs_in_as_staff("nino")
    nino.opens("/desk")
    rev = Typist(nino)
    ref = nino.page.locator("[data-ref]").first.get_attribute("data-ref") or ""

    rev.presses("Control+k")
    rev.page.keyboard.type(ref[:8].lower())
    chosen = nino.page.locator("#palette [aria-selected=true]")
    expect(chosen).to_contain_text(ref)
    nino.finds_nothing_with_axe()
    rev.goes("Enter")
    assert ref in nino.page.url

    rev.presses("Control+k")
    rev.page.keyboard.type("internal")
    rev.presses("Escape")
    rev.presses("F6")
    assert re.search("Facts|Main", nino.page.evaluate("document.activeElement.ariaLabel ?? ''"))
    rev.presses("Control+k")
    rev.page.keyboard.type("macros")
    expect(chosen).to_contain_text("Macros")
    rev.goes("Enter")
    assert nino.page.url.endswith("/desk/macros")


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_board_keys_and_mails_fit_and_have_no_fault(visit: Visit, width: int, dark: bool) -> None:
    lead = visit(width=width, dark=dark)
    lead.signs_in_as_staff("eli")
    for path in ("/desk/board", "/me/keys", "/desk/mails"):
        lead.opens(path)
        lead.never_scrolls_sideways()
        lead.finds_nothing_with_axe()


def test_the_board_is_walked_and_a_card_moved_by_keys(visit: Visit) -> None:
    nino = visit()
    nino.signs_in_as_staff("nino")
    nino.opens("/desk")
    rev = Typist(nino)
    nino.page.reload()

    rev.goes("b")
    assert nino.page.url.endswith("/desk/board")
    rev.presses("ArrowRight")
    first = rev.place()
    rev.presses("ArrowRight")
    assert rev.place() not in ("", first)
    rev.goes("e")
    nino.sees("Which step")
    rev.presses("Escape")
    rev.goes("u")
    assert nino.page.url.endswith("/desk/board")
