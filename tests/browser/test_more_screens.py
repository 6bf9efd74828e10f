"""Screens that lie deeper: a request, a decision, the steps of filing, the desk's forms, board, keys and palette, kept as pictures."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.people import Visitor
from tests.browser.test_screens import looks

Visit = Callable[..., Visitor]
WIDTHS = pytest.mark.parametrize("width", [390, 1440])


def walks(visitor: Visitor, width: int, base: str, screens: dict[str, str]) -> None:
    """Open each below *base* and keep it."""
    for name, path in screens.items():
        visitor.opens(base + path)
        assert visitor.page.url.endswith(path), visitor.page.url
        looks(visitor, name, width)


def case_of(visitor: Visitor, words: str, listed: str = "/cases") -> str:
    """Address of a case by what it is about."""
    visitor.opens(listed)
    visitor.follows_first(words)
    return visitor.page.url.removeprefix(visitor.address).partition("?")[0]


@WIDTHS
def test_screens_of_a_case_that_waits_for_its_artist(visit: Visit, width: int) -> None:
    artist = visit(width)
    artist.signs_in_as_artist("sabina")
    screens = {
        "portal-sent": "/sent", "portal-request": "/requests/1", "portal-more-time": "/requests/1/more-time",
        "portal-invite": "/invite", "portal-withdraw": "/withdraw",
    }  # fmt: skip

    walks(artist, width, case_of(artist, "Night Ferry"), screens)


@WIDTHS
def test_screens_of_filing(visit: Visit, width: int) -> None:
    artist = visit(width)
    artist.signs_in_as_artist("sabina")
    base = case_of(artist, "Salt Road").rpartition("/")[0]

    artist.opens(f"{base}/what")
    artist.types("What happened?", "My royalties of Salt Road are held since August.")
    artist.presses("Continue")
    walks(
        artist,
        width,
        base,
        {f"filing-{step}": f"/{step}" for step in ("which", "what", "evidence", "check")},
    )


@WIDTHS
def test_screens_of_the_desk_about_a_case(visit: Visit, width: int) -> None:
    staff = visit(width)
    staff.signs_in_as_staff("leyla")
    base = case_of(staff, "Night Ferry", "/desk")
    screens = {
        "desk-evidence": "?pane=evidence&exhibit=E1", "desk-decide": "/decide", "desk-letter-new": "/letters/new",
        "desk-facts": "/facts", "desk-links": "/links", "desk-hold": "/holds/new", "desk-party": "/parties/new",
    }  # fmt: skip

    walks(staff, width, base, screens)


@WIDTHS
def test_screens_of_lists_and_keys(visit: Visit, width: int) -> None:
    staff = visit(width)
    staff.signs_in_as_staff("leyla")
    screens = {
        "desk-board": "/board", "desk-filters": "/filters", "desk-columns": "/columns", "desk-views": "/views",
        "desk-macro": "/macros/new",
    }  # fmt: skip
    walks(staff, width, "/desk", screens)
    for name, key in (("desk-keys", "?"), ("desk-palette", "Control+k")):
        staff.opens("/desk")
        staff.page.keyboard.press(key)
        expect(staff.page.locator("dialog[open]")).to_be_visible()
        looks(staff, name, width)


@WIDTHS
def test_screens_of_a_lead(visit: Visit, width: int) -> None:
    lead = visit(width)
    lead.signs_in_as_staff("eli")

    walks(lead, width, "/desk", {"desk-mails": "/mails", "desk-jobs": "/jobs"})
    base = case_of(lead, "Night Ferry", "/desk")
    walks(lead, width, base, {"desk-legal-hold": "/legal-hold"})


@WIDTHS
def test_screens_of_a_payout_for_its_payee(visit: Visit, width: int) -> None:
    artist = visit(width)
    artist.signs_in_as_artist("made")
    walks(artist, width, case_of(artist, "Rumah di Tepi"), {"portal-payout": "/payout"})


@WIDTHS
def test_screens_of_the_terms(visit: Visit, width: int) -> None:
    staff = visit(width)
    staff.signs_in_as_staff("fay")
    screens = {
        "finance-terms": "?table=splits", "finance-terms-balances": "?table=balances", "finance-terms-conflicts": "/conflicts",
        "finance-terms-changes": "/changes", "finance-terms-new": "/new?table=splits",
    }  # fmt: skip

    walks(staff, width, "/finance/terms", screens)
