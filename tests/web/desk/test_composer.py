"""The composer: a wrong reader is hard to choose, words are kept, and nobody's text is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.cases.rules.kinds import SubKind
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from tests.factories.evidence import make_item
from tests.web.desk.pages import World, form_of, make_world, send, statements

SAME = {"Sec-Fetch-Site": "same-origin"}


def keep(client: Any, world: World, **changes: str) -> Any:
    form = form_of(client.get(world.at).text, f"{world.at}/messages")
    return client.post(f"{world.at}/draft", data=form | changes, headers=SAME)


def test_the_button_and_the_sentence_repeat_the_reader(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")

    text = client_as(world.rio).get(world.at).text

    assert "Send to artist" in text
    assert "respondent, reads this. The other side does not." in text
    assert "Cy Castell" in text
    assert "Only colleagues on this case read this." in text


def test_unsent_words_come_back_to_their_writer_alone(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    rio = client_as(world.rio)

    answer = keep(rio, world, body="Half a thought", audience="respondent")

    mine, other = rio.get(world.at).text, client_as(world.dee).get(world.at).text
    assert answer.status_code == 200
    assert "Half a thought" in mine
    assert form_of(mine, f"{world.at}/messages")["audience"] == "respondent"
    assert "Half a thought" not in other


def test_sending_forgets_the_kept_words(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    rio = client_as(world.rio)
    keep(rio, world, body="Kept and sent", audience="note")

    send(rio, world.at, f"{world.at}/messages")

    page = rio.get(world.at).text
    assert form_of(page, f"{world.at}/messages")["body"] == ""
    assert page.count("Kept and sent") == 1


def test_b009_two_windows_of_one_person_lose_nothing(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    rio = client_as(world.rio)
    one = form_of(rio.get(world.at).text, f"{world.at}/messages")
    rio.post(f"{world.at}/draft", data=one | {"body": "First", "audience": "note"}, headers=SAME)
    clock.advance(timedelta(seconds=5))

    late = one | {"body": "Second", "audience": "note"}
    answer = rio.post(f"{world.at}/draft", data=late, headers=SAME)
    mine = rio.post(f"{world.at}/draft", data=late | {"mine": "1"}, headers=SAME)

    assert answer.status_code == 409
    assert "First" in answer.text
    assert mine.status_code == 200
    assert "Second" in rio.get(world.at).text


def test_the_preview_sends_nothing(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    rio = client_as(world.rio)

    page = send(
        rio, world.at, f"{world.at}/messages", body="Look", audience="complainant", do="preview"
    )

    assert page.status_code == 200
    assert "This is what they read" in page.text
    assert 'class="timeline"' in page.text
    assert "m-" not in page.text.split('class="timeline"')[1].split("</div></div>")[0]


def test_a_private_label_of_the_other_side_is_held_up_once(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    make_item(world.cy.actor, world.case.id, name="secret.pdf")
    rio, action = client_as(world.rio), f"{world.at}/messages"

    held = send(rio, world.at, action, body="As R1 shows", audience="complainant")
    again = form_of(held.text, action) | {"do": "send"}
    sent = rio.post(action, data=again, headers=SAME)

    assert held.status_code == 422
    assert "R1 is an exhibit that this reader cannot see." in held.text
    assert sent.status_code == 303


@pytest.mark.parametrize(
    ("sub_kind", "at", "stage"),
    [
        (SubKind.OWNERSHIP, "triage", "Waiting on artist"),
        (SubKind.DMCA_NOTICE, "submitted", "Waiting on claimant"),
    ],
)
def test_send_and_wait_asks_and_the_case_waits(
    client_as: Any, clock: Any, sub_kind: SubKind, at: str, stage: str
) -> None:
    world = make_world(clock, sub_kind, to=at)
    rio = client_as(world.rio)

    answer = send(
        rio,
        world.at,
        f"{world.at}/messages",
        body="Who made it?",
        audience="complainant",
        do="wait",
    )

    page = rio.get(world.at).text
    assert answer.status_code == 303
    assert f"<span>{stage}</span>" in page
    assert f", now {stage}, by" in page
    assert "Your answer to our message" in page


def test_opening_a_case_is_reading_it_within_twelve_statements(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    send(client_as(world.dee), world.at, f"{world.at}/messages", body="News", audience="note")
    keep(client_as(world.rio), world, body="Draft", audience="note")
    clock.advance(timedelta(minutes=1))
    send(client_as(world.dee), world.at, f"{world.at}/messages", body="More", audience="note")
    rio = client_as(world.rio)

    with statements() as seen:
        rio.get(world.at)

    assert len(seen) <= 12, "\n\n".join(seen)
    assert any("read_mark" in one and "INSERT" in one for one in seen)
    with transaction(world.rio.actor, read_only=True) as tx:
        from app.conversations.queries import unread_in

        assert unread_in(tx, world.rio.actor, [world.case.id]) == {}


@pytest.mark.parametrize(
    ("show", "seen", "hidden"),
    [
        ("messages", "To you", "For us"),
        ("notes", "For us", "To you"),
        ("state", "Case filed", "To you"),
    ],
)
def test_the_timeline_narrows_by_kind(
    client_as: Any, clock: Any, show: str, seen: str, hidden: str
) -> None:
    world = make_world(clock, to="triage")
    rio, action = client_as(world.rio), f"{world.at}/messages"
    send(rio, world.at, action, body="To you", audience="complainant")
    send(rio, world.at, action, body="For us", audience="note")

    page = rio.get(f"{world.at}?show={show}").text

    assert seen in page
    assert hidden not in page


def test_presence_is_seen_by_colleagues_and_fades(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    rio, dee, poll = client_as(world.rio), client_as(world.dee), f"{world.at}/presence?seen=0"

    rio.get(f"{poll}&doing=writing")
    first = dee.get(poll)
    same = dee.get(poll, headers={"If-None-Match": first.headers["ETag"]})
    clock.advance(timedelta(seconds=91))
    later = dee.get(poll)

    assert "Rio" in first.text
    assert "is writing" in first.text
    assert same.status_code == 304
    assert "Rio" not in later.text


def test_presence_and_drafts_are_invisible_behind_a_wall(client_as: Any, clock: Any) -> None:
    from app.cases.commands import WallOff
    from app.cases.service.people import wall_off_person

    world, system = make_world(clock, to="triage"), Actor.system("test")
    with transaction(system) as tx:
        wall_off_person(tx, WallOff(world.case.id, world.dee.id, "cousin"), system, clock)

    dee = client_as(world.dee)

    assert dee.get(world.at).status_code == 404
    assert dee.get(f"{world.at}/presence").status_code == 404


def test_pane_widths_follow_the_person_and_are_held(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    rio = client_as(world.rio)

    answer = rio.post("/desk/panes", data={"facts": "300", "evidence": "9000"}, headers=SAME)

    assert answer.status_code == 204
    assert "panes.css?facts=300&amp;evidence=760" in rio.get(world.at).text
    assert "panes.css" not in client_as(world.dee).get(world.at).text
    assert (
        "--facts:300px;--evidence:760px" in rio.get("/desk/panes.css?facts=300&evidence=760").text
    )
    assert rio.post("/desk/panes", data={"facts": "x"}, headers=SAME).status_code == 422
