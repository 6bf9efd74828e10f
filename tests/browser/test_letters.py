"""S9: words are written, the proof is read, an old proof is refused, one letter takes another's place, a draft is dropped."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.people import Visitor
from tests.browser.test_screens import looks

Visit = Callable[..., Visitor]
FIRST = "The notice names the recording and where it stood."
THEN = "The notice names the recording, where it stood and who owns it."


def begins(writer: Visitor, reference: str) -> str:
    """A statement of reasons to the artist, from the case's page of letters; its address."""
    writer.opens(f"/desk/cases/{reference}/letters/new")
    writer.page.locator("select[name=kind]").select_option(label="Statement of reasons")
    writer.page.locator("input[name=side][value=respondent]").check()
    with writer.page.expect_navigation(wait_until="load"):
        writer.page.locator("main form button").last.click()
    assert "/letters/new" not in writer.page.url, writer.page.inner_text("main")
    return writer.page.url.removeprefix(writer.address)


def writes(writer: Visitor, address: str, words: str) -> None:
    writer.opens(address)
    writer.page.locator("[name=ground_facts]").fill(words)
    writer.presses("Save and make a new proof")


def waits_for_proof(reader: Visitor, address: str) -> None:
    """The print of what the page says now."""
    reader.opens(address)
    send = reader.page.get_by_role("button", name="Send letter")
    reader.reloads_until(lambda: send.count() > 0, 120)


def sends(sender: Visitor, address: str) -> str:
    """Read the proof, send; the number it got."""
    waits_for_proof(sender, address)
    assert sender.downloads("Open the proof (PDF)").startswith(b"%PDF-")
    sender.page.get_by_role("button", name="Send letter").click()
    number = sender.page.locator("dt:text-is('Number') + dd")
    expect(number).to_be_visible()
    return number.inner_text()


def test_a_letter_from_its_words_to_the_one_that_replaces_it(
    visit: Visit, stage: Callable[..., str]
) -> None:
    # Given a draft by one person, whose proof another one reads
    reference = stage("notice", "made")
    writer, sender = visit(), visit()
    writer.signs_in_as_staff("leyla")
    sender.signs_in_as_staff("nino")
    address = begins(writer, reference)
    writes(writer, address, FIRST)
    waits_for_proof(sender, address)
    for width in (1440, 390):
        sender.page.set_viewport_size({"width": width, "height": 900})
        looks(sender, "desk-letter", width)

    # When the words change under the reader, the old proof is not sent
    writes(writer, address, THEN)
    sender.page.get_by_role("button", name="Send letter").click()
    sender.sees("Somebody else changed this letter.")
    sender.opens(address)
    assert sender.page.get_by_role("button", name="Make the letter void").count() == 0
    number = sends(sender, address)

    # Then it is replaced by one that names it, and both say so
    download = writer.page.get_by_role("button", name="Write the letter that replaces it")
    writer.opens(address)
    writer.reloads_until(lambda: download.count() > 0, 120)
    writer.presses("Write the letter that replaces it")
    newer = writer.page.url.removeprefix(writer.address)
    expect(writer.page.locator(".letter-text")).to_contain_text(number)
    assert sends(sender, newer) != number
    writer.opens(address)
    writer.sees("Another letter takes its place:")


def test_a_draft_is_dropped_with_a_reason(visit: Visit, stage: Callable[..., str]) -> None:
    reference = stage("notice", "made")
    writer, lead = visit(), visit(390)
    writer.signs_in_as_staff("leyla")
    address = begins(writer, reference)
    lead.signs_in_as_staff("nino")
    lead.opens(address)
    lead.page.get_by_text("Drop this draft").click()
    lead.types("Reason", "The step wrote one already.")
    lead.presses("Drop the draft")
    lead.sees("Void: The step wrote one already.")
    assert lead.page.get_by_role("button", name="Send letter").count() == 0
