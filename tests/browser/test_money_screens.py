"""Screens of money: shared faults, lines of a statement, how one is paid, a payee's own lines, the payout audit.

One signed-in visit looks at each in both widths and both themes, and does what can be done there by keys alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.browser.keyboard import Typist
from tests.browser.people import Visitor

Visit = Callable[..., Visitor]
WIDTHS = {390: 844, 1440: 900}
FIRST_FAULT = "main table a[href^='/finance/parent-events/']"
FIRST_PAYEE = "main a[href*='/lines?payee=']"
FIRST_STATEMENT = "main a[href^='/finance/statements/']:has-text('stores-2026-10')"
"""The demo's own: other journeys hand in more, and those stand above it."""


def looks_all_around(visitor: Visitor, name: str) -> None:
    """At both widths and in both themes: it fits, axe finds nothing, a picture; the window is wide afterwards."""
    for width, height in WIDTHS.items():
        visitor.page.set_viewport_size({"width": width, "height": height})
        visitor.never_scrolls_sideways()
        for theme in ("light", "dark"):
            visitor.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            if (width, theme) != (
                390,
                "dark",
            ):  # the shapes of one and the colours of the other are seen already
                visitor.finds_nothing_with_axe()
            visitor.keeps_a_picture(f"{name}-{width}-{theme}")
    visitor.page.emulate_media(color_scheme="light")


def looks_at(visitor: Visitor) -> None:
    """At both widths and in both themes: it fits and there is nothing for axe to find; the window is wide afterwards."""
    for width, height in WIDTHS.items():
        visitor.page.set_viewport_size({"width": width, "height": height})
        visitor.never_scrolls_sideways()
        for theme in ("light", "dark"):
            visitor.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            visitor.finds_nothing_with_axe()
    visitor.page.emulate_media(color_scheme="light")


def opens_first(visitor: Visitor, selector: str) -> str:
    """The first link of a list; gives its address."""
    address = str(visitor.page.locator(selector).first.get_attribute("href"))
    visitor.opens(address)
    return address


def test_shared_faults_are_looked_at_and_a_lead_acts_by_keys(
    visit: Visit, stage: Callable[..., str]
) -> None:
    lead = visit()
    lead.signs_in_as_staff("eli")
    lead.opens("/finance/parent-events")
    looks_all_around(lead, "finance-faults")
    fault = opens_first(lead, FIRST_FAULT)
    looks_all_around(lead, "finance-fault")
    opens_first(lead, FIRST_PAYEE)
    looks_all_around(lead, "finance-fault-lines")

    keys = Typist(lead)
    lead.opens(fault)
    keys.reaches(r"Open \d+ case")
    keys.reaches("No cases are needed")
    keys.presses("Enter")
    keys.reaches("Dismiss$")
    keys.goes("Enter")
    assert lead.page.title().startswith("Error: ")
    looks_all_around(lead, "finance-fault-refused")

    lead.opens(fault)
    keys.reaches(r"Open \d+ case")
    keys.goes("Enter")
    lead.reloads_until(lambda: lead.page.get_by_text("4 cases were opened.").count() == 1)
    keys.reaches("Corrections together")
    keys.goes("Enter")
    prepares_corrections_together(lead, keys, stage)
    names_who_prepares_them(visit(), lead.page.url.removeprefix(lead.address))


def prepares_corrections_together(lead: Visitor, keys: Typist, stage: Callable[..., str]) -> None:
    """By keys alone: nothing is ready, then all is, refused without reasons, prepared, there."""
    lead.sees("No correction is ready to be proposed. 4 payees are left out.")
    looks_at(lead)
    keys.reaches("Cases that we opened ourselves")
    keys.goes("Enter")
    lead.sees("Statement of 2026-10")
    lead.page.go_back(wait_until="load")
    stage("recompute")
    lead.reloads_until(lambda: lead.page.get_by_text("Would be proposed", exact=True).count() == 4)
    looks_at(lead)

    lead.page.reload()
    keys.reaches("Reasons for the artists")
    keys.presses("Control+a", "Delete")
    keys.reaches("Prepare 4 corrections")
    keys.goes("Enter")
    assert lead.page.title().startswith("Error: ")
    assert keys.focus().strip(), "the focus is on what is wrong"
    looks_at(lead)
    keys.fills("Reasons for the artists$", "We withheld tax that was not due. We pay it back.")
    keys.reaches("Prepare 4 corrections")
    keys.goes("Enter")
    looks_at(lead)
    lead.reloads_until(lambda: lead.page.get_by_text("4 are there already.").count() == 1)
    looks_at(lead)
    keys.reaches("Its correction is there")
    keys.goes("Enter")
    lead.sees("Prepared with the others of the shared fault")


def names_who_prepares_them(other: Visitor, address: str) -> None:
    """Somebody of finance may look."""
    other.signs_in_as_staff("fay")
    other.opens(address)
    looks_at(other)


def test_lines_of_a_statement_are_marked_and_unmarked_by_keys(visit: Visit) -> None:
    staff = visit()
    staff.signs_in_as_staff("fay")
    keys = Typist(staff)
    staff.opens("/finance/statements")
    lines = f"{opens_first(staff, FIRST_STATEMENT)}/lines"
    staff.opens(lines)
    looks_all_around(staff, "finance-lines")

    keys.fills("Why you mark", "The rate looks odd")
    keys.reaches(r"Line \d+")
    keys.presses("Space", "Enter")
    staff.page.wait_for_load_state("load")
    staff.sees("The rate looks odd")
    looks_all_around(staff, "finance-lines-marked")
    staff.page.reload()
    keys.reaches("Take back")
    keys.goes("Enter")
    assert staff.page.get_by_text("The rate looks odd").count() == 0


def test_a_payee_looks_at_the_own_money_and_says_by_keys_how_to_be_paid(visit: Visit) -> None:
    artist = visit()
    artist.signs_in_as_artist("made")
    artist.opens("/cases")
    artist.follows_first("Rumah di Tepi")
    case = artist.page.url.partition("?")[0]
    artist.opens(f"{case}/payout/statement")
    artist.sees("Your lines on our statements")
    looks_all_around(artist, "portal-statement")
    artist.opens("/me/payout")
    looks_all_around(artist, "payout-account")

    keys = Typist(artist)
    artist.opens("/me/payout")
    keys.reaches("Change$")
    keys.goes("Enter")
    looks_all_around(artist, "payout-kind")
    keys.reaches("Bank account with an IBAN")
    keys.reaches("Continue")
    keys.goes("Enter")
    keys.fills("IBAN", "DE89 3704 0044 0532 0130 01")
    keys.goes("Enter")
    artist.sees("IBAN: Check this IBAN: a digit is wrong or missing.")
    looks_all_around(artist, "payout-iban-refused")


def test_a_payee_says_without_scripts_how_to_be_paid(visit: Visit) -> None:
    artist = visit(390, javascript=False)
    artist.signs_in_as_artist("rauf")
    artist.opens("/me/payout")
    artist.follows("Change")
    artist.page.get_by_label("Bank account with an IBAN").check()
    artist.presses("Continue")
    artist.types("IBAN", "FR76 3000 6000 0112 3456 7890 189")

    artist.presses("Save how you are paid")

    artist.sees("•••• 0189")
    artist.sees(re.compile("Money to them waits until"))


def test_the_payout_audit_of_the_desk_opens_by_keys(visit: Visit) -> None:
    staff = visit()
    staff.signs_in_as_staff("leyla")
    staff.opens("/desk")
    staff.follows_first("Rumah di Tepi")
    audit = f"{staff.page.url.partition('?')[0]}/payout"
    keys = Typist(staff)
    staff.opens(audit)
    looks_all_around(staff, "desk-payout")

    staff.page.reload()
    keys.reaches("Sept? 2026")
    keys.goes("Enter")

    staff.sees("Store paid us")
    looks_all_around(staff, "desk-payout-line")
