"""Keys: the page that changes them without JavaScript, what pages say about them, the list behind `?`, the palette within the walls."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from app.cases.commands import WallOff
from app.cases.service.people import wall_off_person
from app.queues.rules.shortcuts import BY_NAME, TABLE
from app.web.shared.keys import GOES
from tests.factories.accounts import make_person
from tests.web.desk.pages import make_world, statements

ROOT = Path(__file__).resolve().parents[3]


def keys_of(html: str) -> dict[str, Any]:
    """What the page tells its script."""
    found = re.search(r'data-keys="([^"]*)"', html)
    assert found
    return dict(json.loads(unescape(found.group(1))))


def test_every_key_of_the_table_does_something_on_some_page() -> None:
    script = (ROOT / "static/js/staff/keys.js").read_text()
    pages = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    code = "".join(path.read_text() for path in (ROOT / "app/web").rglob("*.py"))
    named = {one.name for one in TABLE if f'"{one.name}"' in script + pages + code}

    assert set(BY_NAME) - named - set(GOES) == set()


def test_keys_are_changed_without_javascript_and_hold_on_every_page(
    client_as: Any, clock: Any
) -> None:
    client = client_as(make_world(clock).rio)
    assert 'name="list.next" value="j"' in client.get("/me/keys").text

    answer = client.post("/me/keys", data={"single": "1", "list.next": "Shift+N", "help.open": ""})
    page = client.get("/desk").text

    assert answer.status_code == 303
    assert keys_of(page)["in"]["list"]["Shift+n"] == "list.next"
    assert "j" not in keys_of(page)["in"]["list"]
    assert "?" not in keys_of(page)["in"]["everywhere"]


def test_a_taken_key_is_said_at_both_acts_and_what_was_typed_stays(
    client_as: Any, clock: Any
) -> None:
    client = client_as(make_person("rio", clock=clock))

    answer = client.post("/me/keys", data={"single": "1", "list.assign": "j", "case.reply": "Tab"})

    assert answer.status_code == 422
    assert answer.text.count("This key is taken by: ") == 4
    assert "“Tab” is no key we know." in answer.text
    assert 'value="Tab"' in answer.text


def test_single_keys_can_be_turned_off(client_as: Any, clock: Any) -> None:
    client = client_as(make_world(clock).rio)

    client.post("/me/keys", data={})
    page = client.get("/desk").text
    off = keys_of(page)["in"]

    assert off["everywhere"] == {
        "Control+k": "palette.open", "F6": "pane.next", "Shift+F6": "pane.previous", "Escape": "page.leave",
        "Control+Enter": "form.send",
    }  # fmt: skip
    assert "j" not in off["list"]
    assert 'aria-keyshortcuts="A"' not in page
    client.post("/me/keys", data={"standard": "1"})
    assert keys_of(client.get("/desk").text)["in"]["list"]["j"] == "list.next"


def test_the_key_stands_on_its_button_and_costs_no_statement(client_as: Any, clock: Any) -> None:
    client = client_as(make_world(clock).rio)

    with statements() as seen:
        page = client.get("/desk").text

    assert re.search(r'data-act="assign"[^>]* aria-keyshortcuts="A"', page)
    assert not [one for one in seen if "from shortcut_preference" in one and "session" not in one]


def test_the_navigation_begins_with_a_field_that_finds_and_without_scripts_is_a_link(
    client_as: Any, clock: Any
) -> None:
    desk = client_as(make_world(clock).rio).get("/desk").text
    admin = client_as(make_person("adi", clock=clock)).get("/admin/people").text

    field = re.search(r'<a class="side-nav__find" href="/search"([^>]*)>.*?</a>', desk)
    assert field
    assert 'aria-keyshortcuts="Control+K"' in field.group(1)
    assert "Find or jump to" in field.group(0)
    assert desk.count('href="/search"') == 1
    assert re.search(r'<button type="button" class="side-nav__find"[^>]* hidden>', admin)
    assert 'href="/search"' not in admin


def test_the_list_names_only_where_the_role_may_go(client_as: Any, clock: Any) -> None:
    world = make_world(clock)

    desk = client_as(world.rio).get("/me/keys/list?in=case").text
    admin = client_as(make_person("adi", clock=clock)).get("/me/keys/list?in=case").text

    assert "Next step towards a decision" in desk
    assert "Go to the desk" in desk
    assert "Go to the desk" not in admin


@pytest.mark.parametrize("path", ["/me/keys", "/me/keys/list", "/palette?q=x"])
def test_parties_have_no_keys(client_as: Any, clock: Any, path: str) -> None:
    client = client_as(make_person("ada", clock=clock))

    assert client.get(path).status_code == 403
    assert "data-keys" not in client.get("/cases").text


def test_the_palette_finds_cases_by_the_beginning_of_a_reference_and_pages_by_name(
    client_as: Any, clock: Any
) -> None:
    world = make_world(clock)
    client = client_as(world.rio)

    found = client.get("/palette", query_string={"q": world.case.ref[:7].lower()}).text
    pages = client.get("/palette?q=macr").text

    assert f'data-href="{world.at}"' in found
    assert 'data-href="/desk/macros"' in pages
    assert "/admin/people" not in client.get("/palette?q=").text


def test_b145_the_palette_leaves_out_what_a_wall_hides(
    client_as: Any, clock: Any, tx_as: Any
) -> None:
    world = make_world(clock)
    with tx_as(world.eli.actor) as tx:
        wall_off_person(tx, WallOff(world.case.id, world.rae.id, "cousin"), world.eli.actor, clock)

    for words in (world.case.ref, world.case.ref[:6], "Sample"):
        found = client_as(world.rae).get("/palette", query_string={"q": words}).text
        assert world.case.ref not in found
