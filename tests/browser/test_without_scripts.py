"""B018: with JavaScript off every form has its button, and what an artist and the desk must do works (UX section 12)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.crawl import STARTS, Walk
from tests.browser.people import Visitor
from tests.browser.steps import (
    Filing,
    attaches,
    confirms_decision,
    decides,
    files_case,
    judges_everything,
    moves,
)

Visit = Callable[..., Visitor]
FORMS = """() => [...document.forms].filter((form) => {
  const shown = (one) => one.checkVisibility({ visibilityProperty: true });
  const buttons = [...form.elements].filter((one) => /^(submit|image)$/.test(one.type) && !one.disabled);
  const outside = [...document.querySelectorAll(`button[form="${CSS.escape(form.id || "-")}"]`)];
  const folded = form.closest("details:not([open])");
  return form.method !== "dialog" && shown(form) && !folded && !buttons.concat(outside).some((one) => shown(one) || one.closest("details:not([open])"));
}).map((form) => form.getAttribute("action") + " " + form.outerHTML.slice(0, 120))"""


def enters(visit: Visit, key: str) -> Visitor:
    visitor = visit(390, javascript=False)
    if key in {"sabina", "rauf"}:
        visitor.signs_in_as_artist(key)
    elif key:
        visitor.signs_in_as_staff(key)
    return visitor


@pytest.mark.parametrize("key", ["", "sabina", "leyla", "fay", "adi"])
def test_b018_every_form_can_be_sent_without_scripts(visit: Visit, key: str) -> None:
    visitor = enters(visit, key)

    found: dict[str, Any] = {
        kind: visitor.page.evaluate(FORMS)
        for kind in Walk(visitor).pages(*STARTS[key], each=1)
        if not kind.startswith("/styleguide")
    }

    assert len(found) >= len(STARTS[key]) // 2
    assert {kind: forms for kind, forms in found.items() if forms} == {}


def test_b018_language_and_help_without_scripts(visit: Visit) -> None:
    visitor = visit(390, javascript=False)
    visitor.opens("/help?q=statement")
    visitor.sees(re.compile("statement", re.IGNORECASE))
    visitor.opens("/language?to=ar&next=/signin")

    assert visitor.page.locator("html").get_attribute("dir") == "rtl"


def test_b018_an_artist_writes_and_asks_for_time_without_scripts(visit: Visit) -> None:
    artist = enters(visit, "sabina")
    artist.opens("/cases")
    artist.follows_first("Night Ferry")
    case = artist.page.url
    artist.page.locator("textarea").first.fill("A word without scripts.")
    artist.page.locator("form:has(textarea) button[type=submit]").last.click()
    artist.opens(case)
    artist.sees("A word without scripts.")
    artist.opens("/notifications")
    artist.opens("/me")
    artist.presses(re.compile("^Save"))


def test_b018_the_desk_filters_and_notes_without_scripts(visit: Visit) -> None:
    leyla = enters(visit, "leyla")
    leyla.opens("/desk/filters")
    leyla.presses("Show cases")
    leyla.opens(str(leyla.page.locator("a.data-table__title").first.get_attribute("href")))
    leyla.opens(f"{leyla.page.url}?pane=timeline")
    leyla.page.locator(".composer [value=note]").check(force=True)
    leyla.page.locator(".composer textarea").fill("A note without scripts.")
    leyla.page.locator(".composer [name=do][value=send]").last.click()
    leyla.sees("A note without scripts.")


def test_b018_from_filing_over_rating_to_a_second_review_without_scripts(
    visit: Visit, tmp_path: Path
) -> None:
    # Given a case that was filed and decided by people without scripts
    artist, reviewer, second = (enters(visit, key) for key in ("rauf", "leyla", "nino"))
    filing = Filing(
        "My release was taken down or blocked", "Salt Road", "Rauf Hasanov",
        branch="A store took it down",
    )  # fmt: skip
    reference = files_case(artist, filing, attaches(tmp_path))
    moves(reviewer, reference, "take")
    moves(reviewer, reference, "start_review")
    judges_everything(reviewer, reference)
    decides(reviewer, reference)
    confirms_decision(second, reference)

    # When the artist rates how it went (A8): a number of the e-mail counts only once it is sent
    artist.opens(f"/cases/{reference}/rate?handling=4&result=2")
    artist.opens(f"/cases/{reference}/rate")
    assert artist.page.locator("input[name=handling]:checked").count() == 0
    artist.opens(f"/cases/{reference}/rate?handling=4&result=2")
    artist.types("What could we do better?", "Tell us the store's words at once.")
    artist.presses("Send rating")
    artist.opens(f"/cases/{reference}/rate")
    artist.sees(re.compile("^You rated this on"))
    for name, value in (("handling", "4"), ("result", "2")):
        assert artist.page.locator(f"input[name={name}]:checked").input_value() == value

    # And asks for a second review (A9), with a file of the plain form
    artist.opens(f"/cases/{reference}/second-review")
    artist.presses("Ask for a second review")
    assert artist.page.title().startswith("Error: ")
    artist.page.locator("main input[type=checkbox]").first.check()
    artist.page.locator("[name=grounds]").fill("The store's notice names somebody else.")
    artist.page.locator("input[type=file]").first.set_input_files(str(attaches(tmp_path)))
    artist.presses("Ask for a second review")

    # Then the case is open again, and another person has to look at it
    artist.opens(f"/cases/{reference}")
    artist.sees("Second review")
    reviewer.opens(f"/desk/cases/{reference}")
    reviewer.sees("Second review")
