"""Steps of journeys that several tests walk, in the users' words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from app.demo.papers import statement
from tests.browser.people import Visitor


@dataclass(frozen=True)
class Filing:
    """What somebody answers. *branch*: the second question where there is one; *more*: label -> text."""

    about: str
    title: str
    name: str
    branch: str = ""
    period: tuple[str, str] | None = None
    more: tuple[tuple[str, str], ...] = ()


def attaches(folder: Path) -> Path:
    """A small CSV statement on disk."""
    file = folder / "statement.csv"
    file.write_bytes(statement(("2026-06", "Spotify", "ID", "IDA012600321", "100", "12.70", "EUR")))
    return file


def files_case(artist: Visitor, filing: Filing, attachment: Path | None = None) -> str:
    """Walk the five steps; gives the reference."""
    begins_case(artist, filing)
    artist.types("What happened?", "The statement shows less than the dashboard.")
    return sends_case(artist, filing, attachment)


def begins_case(artist: Visitor, filing: Filing) -> None:
    """The first two steps, up to the questions."""
    artist.opens("/cases/new")
    artist.picks(filing.about)
    artist.presses("Continue")
    if filing.branch:
        artist.picks(filing.branch)
        artist.presses("Continue")
    by_hand = artist.page.locator("details.by-hand:not([open]) > summary")
    if by_hand.count():
        by_hand.click()
    artist.page.locator("[name=subject_title]").fill(filing.title)
    if artist.page.locator("[name=subject_artist]").count():
        artist.page.locator("[name=subject_artist]").fill(filing.name)
    if filing.period:
        artist.types("First day of the period", filing.period[0])
        artist.types("Last day of the period", filing.period[1])
    artist.presses("Continue")


def sends_case(artist: Visitor, filing: Filing, attachment: Path | None = None) -> str:
    """From the questions to the end; gives the reference."""
    for label, text in filing.more:
        artist.types(label, text)
    artist.presses("Continue")
    artist.follows("Go on with my case")
    if attachment is not None:
        uploads(artist, attachment)
    artist.follows(re.compile("^(Continue|I have no evidence yet)$"))
    signs(artist, filing.name)
    artist.presses("Send case")
    return artist.page.url.split("/cases/")[1].split("/")[0]


def uploads(artist: Visitor, file: Path) -> None:
    """Choose a file; without JavaScript the button sends it."""
    artist.page.locator("input[type=file]").first.set_input_files(str(file))
    button = artist.page.get_by_role("button", name="Upload")
    if button.count() and button.first.is_visible():
        artist.presses("Upload")
    artist.page.get_by_text(file.name).first.wait_for()
    artist.page.get_by_role("link", name="Continue").wait_for()


def signs(artist: Visitor, name: str) -> None:
    """Every statement, and the name under it."""
    for box in artist.page.locator("main input[type=checkbox]").all():
        box.check()
    for label in ("Your postal address", "Your telephone", "Your e-mail address"):
        field = artist.page.get_by_label(label)
        if field.count() and not field.first.input_value():
            field.first.fill(
                {"Your telephone": "+62 21 555 0100", "Your e-mail address": "a@example.org"}.get(
                    label, "1 Harbour Street, Jakarta"
                )
            )
    if artist.page.get_by_label("Your full name").count():
        artist.types("Your full name", name)


def moves(staff: Visitor, reference: str, event: str, **fields: str) -> None:
    """One of "what can happen next": its page, its fields by label, its button."""
    staff.opens(f"/desk/cases/{reference}/actions/{event}")
    for name, text in fields.items():
        staff.types(name.replace("_", " ").capitalize(), text)
    with staff.page.expect_navigation(wait_until="load"):
        staff.page.locator("main form button").last.click()
    assert "/actions/" not in staff.page.url, staff.page.inner_text("main")


def asks_for_one_thing(staff: Visitor, reference: str, question: str) -> None:
    """A request to the artist with one question."""
    staff.opens(f"/desk/cases/{reference}/requests/new")
    staff.page.locator("input[name=side][value=complainant]").check()
    staff.page.locator("input[name=item_kind][value=question]").check()
    staff.types("Anything else, each on its own line", question)
    staff.types("Why, in words they will read", "The store's notice names who asked for it.")
    staff.presses("Send request")


def judges_everything(staff: Visitor, reference: str) -> None:
    """Every exhibit supports the artist."""
    staff.opens(f"/desk/cases/{reference}?pane=evidence")
    for link in [a.get_attribute("href") for a in staff.page.locator("a[href*='exhibit=']").all()]:
        staff.opens(str(link))
        staff.picks("Supports artist")
        staff.presses("Save verdict")


def decides(staff: Visitor, reference: str, *, payee: str = "", pays: str = "") -> None:
    """Fill the decision and send it for confirmation."""
    staff.opens(f"/desk/cases/{reference}/decide")
    page = staff.page
    page.get_by_label("Issue", exact=True).first.fill("What was owed for the period?")
    page.get_by_label("Finding").first.fill("The statement used the older split.")
    page.get_by_label("Result").first.select_option("established")
    page.get_by_label("Upheld", exact=True).check()
    page.get_by_label("Remedy", exact=True).first.select_option("pay" if pays else "nothing")
    page.get_by_label("What exactly").first.fill(
        "Pay the difference." if pays else "Nothing more to do."
    )
    page.get_by_label("Reasons for the complainant").fill(
        "We checked the statement. You are right."
    )
    if page.get_by_label("Reasons for the respondent").count():
        page.get_by_label("Reasons for the respondent").fill(
            "We checked the documents of both sides."
        )
    if pays:
        page.get_by_label("Money moves").check()
        choice = page.get_by_label("Payee").first
        named = choice.locator("option", has_text=payee).first.get_attribute("value")
        choice.select_option(named)
        page.get_by_label("Amount", exact=True).first.fill(pays)
        page.get_by_label("Why", exact=True).first.select_option(index=1)
    staff.presses("Propose the decision")
    assert "/decide" not in page.url, page.inner_text("main")


def confirms_decision(staff: Visitor, reference: str) -> None:
    """Read what will happen, and confirm."""
    staff.opens(f"/desk/cases/{reference}/confirm")
    staff.presses("Confirm the decision")
    assert "/confirm" not in staff.page.url, staff.page.inner_text("main")
