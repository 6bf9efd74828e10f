"""S3: items from the table with their words, the deadline as a moment, one message with everything."""

from __future__ import annotations

from typing import Any

from app.conversations.rules.asking import TEMPLATES, templates_for
from tests.web.desk.pages import form_of, make_world, send

SAME = {"Sec-Fetch-Site": "same-origin"}


def test_every_dispute_has_items_and_every_key_is_its_own() -> None:
    keys = [row.key for row in TEMPLATES]

    assert len(keys) == len(set(keys))
    assert all(templates_for(sub) for sub in ("dmca_notice", "missing_earnings", "ownership"))


def test_ticked_items_become_rows_with_their_words(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    page = f"{world.at}/requests/new"

    grown = send(
        client_as(world.rio), page, page, side="complainant", templates=["split_sheet"], do="add"
    )

    assert grown.status_code == 200
    form = form_of(grown.text, page)
    assert form["rows-0-title"] == "Split sheet signed by everybody"
    assert "A photo of the signed page is enough." in form["rows-0-hint"]


def test_one_message_asks_for_everything_with_changed_words(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    rio, page = client_as(world.rio), f"{world.at}/requests/new"
    form = form_of(rio.get(f"{page}?item=split_sheet&side=complainant").text, page)
    more = {"side": "complainant", "rows-0-title": "The split sheet of March", "items": "Photo ID",
            "templates": ["session_files"], "reason": "To see who made it", "days": "14", "do": "send"}  # fmt: skip

    sent = rio.post(page, data=form | more, headers=SAME)

    shown = rio.get(world.at).text
    assert sent.status_code == 303
    for words in ("The split sheet of March", "Photo ID", "Project or session files"):
        assert words in shown
    assert shown.count("To see who made it") == 1


def test_the_preview_shows_what_they_read_and_sends_nothing(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    page = f"{world.at}/requests/new"

    shown = send(
        client_as(world.rio),
        page,
        page,
        side="complainant",
        items="Photo ID",
        reason="So that we know",
        do="preview",
    )

    assert "This is what the artist reads" in shown.text
    assert "So that we know" in shown.text
    assert "Our own deadline for the decision pauses" in shown.text
    assert "Nothing is asked for" in client_as(world.rio).get(world.at).text


def test_b131_a_request_on_a_case_that_moved_keeps_its_words(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    rio, page = client_as(world.rio), f"{world.at}/requests/new"
    form = form_of(rio.get(page).text, page)
    typed = form | {
        "side": "complainant",
        "items": "Photo ID",
        "reason": "My long reason",
        "do": "send",
    }
    move = f"{world.at}/actions/start_review"
    send(rio, move, move, reason="ready")

    late = rio.post(page, data=typed, headers=SAME)

    assert late.status_code == 409
    assert "My long reason" in late.text
    assert "Photo ID" in late.text
