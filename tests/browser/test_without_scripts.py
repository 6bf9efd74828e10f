"""B018: with JavaScript off every form has its button, and what an artist and the desk must do works (UX section 12)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.crawl import STARTS, Walk
from tests.browser.people import Visitor

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
    if key == "sabina":
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
