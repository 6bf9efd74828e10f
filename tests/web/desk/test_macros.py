"""S12: macros are written with known blanks, belong to somebody, and never send by surprise."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.desk.pages import World, form_of, make_world, send

SAME = {"Sec-Fetch-Site": "same-origin"}


def write(client: Any, **changes: Any) -> Any:
    return send(
        client, "/desk/macros/new", "/desk/macros/new",
        **{"name": "Hello", "audience": "artist", "body": "Dear {reader_name}, about {title}.", "do": "save"} | changes,
    )  # fmt: skip


def macro_id(page: str) -> str:
    return page.split('name="macro"')[1].split('value="')[2].split('"', maxsplit=1)[0]


def insert(client: Any, world: World, **changes: str) -> Any:
    page = client.get(world.at).text
    form = form_of(page, f"{world.at}/messages") | {"do": "insert", "macro": macro_id(page)}
    return client.post(f"{world.at}/messages", data=form | changes, headers=SAME)


def test_a_macro_fills_the_composer_and_sends_nothing(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    rio = client_as(world.rio)
    write(rio, items=["split_sheet"], move="start_review", tag="urgent")

    page = insert(rio, world, body="Hi", audience="complainant")

    box = form_of(page.text, f"{world.at}/messages")["body"]
    assert page.status_code == 200
    assert box.startswith("Hi\n\nDear ")
    assert world.case.subject_title in box
    assert "The macro also proposes. Nothing of it was done." in page.text
    assert "item=split_sheet" in page.text
    assert "m-" not in rio.get(world.at).text.split('class="timeline"')[1].split("</div></div>")[0]


def test_an_unknown_blank_is_refused_with_its_name(client_as: Any, clock: Any) -> None:
    world = make_world(clock)

    page = write(client_as(world.rio), body="Dear {readr}")

    assert page.status_code == 422
    assert "There is no variable readr." in page.text
    assert "Dear {readr}" in page.text


def test_the_other_sides_data_is_refused_for_a_party(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    rio = client_as(world.rio)

    party = write(rio, body="They are at {other_email}")
    note = write(rio, body="They are at {other_email}", audience="note")

    assert party.status_code == 422
    assert "other_email is private" in party.text
    assert note.status_code == 303


@pytest.mark.parametrize(("audience", "status"), [("complainant", 200), ("respondent", 422)])
def test_a_macro_goes_to_its_reader_only(
    client_as: Any, clock: Any, audience: str, status: int
) -> None:
    world = make_world(clock, to="triage")
    rio = client_as(world.rio)
    write(rio)

    assert insert(rio, world, audience=audience, body="").status_code == status


def test_own_macros_are_nobody_elses_and_the_teams_are_the_leads(
    client_as: Any, clock: Any
) -> None:
    world = make_world(clock)
    rio, eli, dee = (client_as(one) for one in (world.rio, world.eli, world.dee))

    write(rio, name="Only mine")
    write(eli, name="For all", is_team="y")

    assert "Only mine" not in dee.get("/desk/macros").text
    assert "For all" in dee.get("/desk/macros").text
    assert write(dee, name="Not mine to give", is_team="y").status_code == 403


def test_b009_two_leads_change_one_macro_and_both_texts_are_shown(
    client_as: Any, clock: Any
) -> None:
    world = make_world(clock)
    eli = client_as(world.eli)
    write(eli, is_team="y")
    address = (
        eli.get("/desk/macros").text.split('class="data-table__title" href="')[1].split('"')[0]
    )
    old = form_of(eli.get(address).text, address) | {"do": "save"}

    first = eli.post(address, data=old | {"body": "First words", "is_team": "y"}, headers=SAME)
    late = eli.post(address, data=old | {"body": "Second words", "is_team": "y"}, headers=SAME)

    assert first.status_code == 303
    assert late.status_code == 409
    assert "First words" in late.text
    assert "Second words" in late.text


def test_the_preview_uses_a_real_case(client_as: Any, clock: Any) -> None:
    world = make_world(clock)

    page = write(client_as(world.rio), ref=world.case.ref, do="preview")

    assert page.status_code == 200
    assert f"Dear Sample subject_artist, about {world.case.subject_title}." in page.text
