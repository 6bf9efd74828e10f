"""Help, the status of a case without an account, a case filed by the desk, a counter-notice: walked and kept as pictures."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.people import DEMO_HOST, Visitor
from tests.browser.test_screens import looks

Visit = Callable[..., Visitor]
HELP = {
    "help": "/en/help", "help-search": "/en/help?q=held+money", "help-article": "/en/help/counter-notice",
    "help-feedback": "/en/help/counter-notice/feedback?helped=no", "help-arabic": "/ar/help/counter-notice",
}  # fmt: skip


@pytest.mark.parametrize("width", [390, 1440])
def test_help_screens(visit: Visit, width: int) -> None:
    visitor = visit(width)

    for name, path in HELP.items():
        visitor.opens(path)
        looks(visitor, name, width)


def reference(visit: Visit) -> str:
    """Of the first case of Sabina, as her page says it."""
    artist = visit(1440)
    artist.signs_in_as_artist("sabina")
    artist.opens("/cases")
    artist.follows_first("Night Ferry")
    return artist.page.url.rpartition("/")[2]


@pytest.mark.parametrize("width", [390, 1440])
def test_a_case_is_checked_without_an_account_and_without_javascript(
    visit: Visit, width: int
) -> None:
    ref, address = reference(visit), f"sabina@{DEMO_HOST}"
    visitor = visit(width, javascript=False)
    before = visitor._codes(address)

    visitor.opens("/")
    visitor.types("Reference", ref.lower())
    visitor.presses("Check the case")
    visitor.types("E-mail address", address)
    visitor.presses("Send me a code")
    visitor.types("Six-digit code", visitor._newest_code(address, before))
    visitor.presses("Show the status")

    visitor.sees(f"Case {ref}")
    visitor.sees("Your move")
    assert "Night Ferry" not in visitor.page.inner_text("main")
    for theme in ("light", "dark"):
        visitor.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        visitor.page.wait_for_timeout(250)
        visitor.keeps_a_picture(f"status-{width}-{theme}")


@pytest.mark.parametrize("width", [390, 1440])
def test_status_screens(visit: Visit, width: int) -> None:
    visitor = visit(width)

    visitor.opens("/status?ref=RD-0000-0000")
    looks(visitor, "status-ask", width)
    visitor.types("E-mail address", f"nobody{width}@{DEMO_HOST}")
    visitor.presses("Send me a code")
    looks(visitor, "status-code", width)


@pytest.mark.parametrize("width", [390, 1440])
def test_the_desk_files_for_somebody_who_called(visit: Visit, width: int) -> None:
    staff = visit(width)
    staff.signs_in_as_staff("leyla")
    staff.opens("/desk/new")
    looks(staff, "desk-new", width)

    staff.picks("By phone")
    staff.types("Artist", "Sabina Aliyeva")
    staff.types("Their e-mail address", f"sabina@{DEMO_HOST}")
    staff.page.get_by_label("What is it about?").select_option("missing_earnings")
    staff.types("Who asked us to file it?", "Sabina Aliyeva")
    now = staff.page.evaluate("new Date(Date.now() - 86400000).toISOString().slice(0, 16)")
    staff.page.locator("[name=said_at]").fill(now)
    staff.types("How did they say it?", "On the phone, number checked against the profile.")
    staff.presses("Go on to the questions")

    staff.sees("Consent on record")
    looks(staff, "desk-new-questions", width)
