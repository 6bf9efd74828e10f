"""Every move of the table has a page at the desk; refused ones say why and keep what was typed."""

from __future__ import annotations

from typing import Any

import pytest

from app.cases.rules.kinds import CaseEvent, SubKind
from app.cases.rules.lifecycle import rows
from app.cases.rules.who import WHO
from tests.factories.accounts import make_person
from tests.factories.cases import act, make_case
from tests.web.desk.pages import form_of, make_world, send

ORIGIN = {"Sec-Fetch-Site": "same-origin"}
DESK_WORDS = ("desk", "reviewer", "lead", "agent", "owner")
BY_THE_HOUSE = {"submit", "start", "complete", "expire", "approve", "refuse"}


def test_every_move_of_the_desk_has_words_and_an_icon(app: Any) -> None:
    from app.web.desk.words import action_words

    with app.test_request_context("/"):
        assert all(action_words(row.event).label and action_words(row.event).hint for row in rows())


def test_every_move_of_the_desk_has_an_address(app: Any) -> None:
    from app.web.desk.head import action_link

    with app.test_request_context("/"):
        links = {row.event: action_link("RD-7K4M-29QX", row.event).href for row in rows()}

    assert all(href.startswith(("/desk/", "/finance/")) for href in links.values())
    assert set(WHO) >= {row.who for row in rows()}


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ("close_out_of_scope", {"reason": "Wrong place"}),
        ("recuse", {"reason": "A friend of mine"}),
        ("start_review", {}),
    ],
)
def test_a_move_is_made_with_its_fields(
    client_as: Any, clock: Any, event: str, fields: dict[str, str]
) -> None:
    world = make_world(clock, SubKind.STORE_TAKEDOWN, to="triage")
    page = f"{world.at}/actions/{event}"
    client = client_as(world.rio)

    answer = send(client, page, page, **fields)

    assert answer.status_code == 303, answer.text


def test_what_a_move_needs_is_asked_for_at_its_field(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    page = f"{world.at}/actions/close_out_of_scope"

    answer = send(client_as(world.rio), page, page, reason="  ")

    assert answer.status_code == 422
    assert "Please fill this in." in answer.text
    assert "<title>Error: " in answer.text.replace("\n", "")


def test_a_duplicate_names_the_other_case_by_its_reference(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    other = make_case(world.ada, SubKind.OWNERSHIP, clock=clock)
    page = f"{world.at}/actions/mark_duplicate"
    client = client_as(world.rio)

    wrong = send(client, page, page, other_case_id="RD-0000-0000", reason="Same")
    right = send(client, page, page, other_case_id=str(other.ref).lower(), reason="Same")

    assert wrong.status_code == 422
    assert "There is no case with this reference." in wrong.text
    assert right.status_code == 303
    assert "Duplicate" in client.get(world.at).text


def test_a_stale_form_keeps_the_text(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    page = f"{world.at}/actions/close_out_of_scope"
    client = client_as(world.rio)
    form = form_of(client.get(page).text, page) | {"reason": "My careful reason"}
    other = f"{world.at}/actions/start_review"
    send(client_as(world.rae), other, other)

    answer = client.post(page, data=form, headers=ORIGIN)

    assert answer.status_code in {404, 409}
    assert "My careful reason" in answer.text


@pytest.mark.parametrize("event", ["nonsense", "approve", "complete", "submit", "accept_counter"])
def test_b013_a_move_that_the_state_lacks_is_not_found(
    client_as: Any, clock: Any, event: str
) -> None:
    world = make_world(clock, to="triage")

    assert client_as(world.rio).get(f"{world.at}/actions/{event}").status_code == 404


def test_a_move_that_is_barred_shows_why_instead_of_its_form(client_as: Any, clock: Any) -> None:
    """What was typed before it was barred stays."""
    ada, rio = make_person("ada", clock=clock), make_person("rio", clock=clock)
    case = make_case(ada, SubKind.OWNERSHIP, clock=clock)
    act(case.id, CaseEvent.TAKE, rio.actor, clock=clock)
    page = f"/desk/cases/{case.ref}/actions/start_exchange"
    client = client_as(rio)

    shown = client.get(page).text
    free = client.get(f"/desk/cases/{case.ref}/actions/recuse").text

    assert "Not possible yet: The other side cannot be reached." in shown
    assert f'action="{page}"' not in shown
    assert 'action="' in free.partition("<main")[2]


def test_a_move_with_a_page_of_its_own_leads_there(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    client = client_as(world.rio)

    pages = {
        move: client.get(f"{world.at}/actions/{move}").location
        for move in ("propose_decision", "decide", "ask_complainant")
    }

    assert pages == {
        "propose_decision": f"{world.at}/decide",
        "decide": f"{world.at}/decide",
        "ask_complainant": f"{world.at}/requests/new?side=complainant",
    }


def test_proposing_and_deciding_are_one_step_of_the_list(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")

    page = client_as(world.rio).get(world.at).text

    assert page.count(f'href="{world.at}/decide"') == 2  # beside the title, and in the list
    assert "Propose the decision" not in page


def test_an_agent_cannot_make_a_reviewers_move(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")

    assert client_as(world.dee).get(f"{world.at}/actions/leave_to_parties").status_code == 404
    assert client_as(world.dee).get(f"{world.at}/decide").status_code == 403


def test_asking_moves_the_case_and_shows_the_request(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    client = client_as(world.rio)
    page = f"{world.at}/requests/new"

    answer = send(
        client, page, page,
        side="complainant", item_kind="document", items="Producer agreement\nPhoto ID", reason="It shows who owns it.", days="7",
    )  # fmt: skip

    shown = client.get(world.at).text
    assert answer.status_code == 303, answer.text
    assert "0 of 2 received" in shown
    assert "Producer agreement" in shown
    assert "Waiting on" in shown


def test_a_side_on_which_nobody_stands_is_not_offered(client_as: Any, clock: Any) -> None:
    ada, cy, rio = (make_person(key, clock=clock) for key in ("ada", "cy", "rio"))
    alone = make_case(ada, SubKind.MISSING_EARNINGS, clock=clock)
    against = make_case(ada, SubKind.OWNERSHIP, respondent=cy, clock=clock)
    for case in (alone, against):
        act(case.id, CaseEvent.TAKE, rio.actor, clock=clock)

    one, two = (
        client_as(rio).get(f"/desk/cases/{case.ref}/requests/new?side=respondent").text
        for case in (alone, against)
    )

    assert 'value="complainant"' in one
    assert 'value="respondent"' not in one
    assert "The other side cannot be reached." in one
    assert 'value="respondent"' in two
    assert "The other side cannot be reached." not in two


def test_where_nobody_can_be_asked_the_page_says_so_instead_of_a_form(
    client_as: Any, clock: Any
) -> None:
    """What was typed before the case moved on stays."""
    world = make_world(clock, to="triage")
    client, page = client_as(world.rio), f"{world.at}/requests/new"
    form = form_of(client.get(page).text, page) | {"reason": "My careful reason", "do": "send"}
    act(world.case.id, CaseEvent.WITHDRAW, world.ada.actor, clock=clock)

    shown = client.get(page).text
    kept = client.post(page, data=form, headers=ORIGIN)

    assert "Nobody can be asked at this stage of the case." in shown
    assert "Send request" not in shown
    assert "Deadline and reminders" not in shown
    assert kept.status_code in {409, 422}
    assert "My careful reason" in kept.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"side": ""}, "Choose whom you ask."),
        ({"items": ""}, "Name at least one thing."),
        ({"reason": ""}, "Say why you need it."),
    ],
)
def test_b001_a_request_without_its_parts_is_refused(
    client_as: Any, clock: Any, change: dict[str, str], words: str
) -> None:
    world = make_world(clock, to="triage")
    page = f"{world.at}/requests/new"
    filled = {"side": "complainant", "items": "Photo ID", "reason": "To be sure", "days": "7"}

    answer = send(client_as(world.rio), page, page, **(filled | change))

    assert answer.status_code == 422
    assert words in answer.text


def test_a_request_item_is_waived_with_a_note(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    client = client_as(world.rio)
    page = f"{world.at}/requests/new"
    send(
        client,
        page,
        page,
        side="complainant",
        item_kind="question",
        items="Who mixed it?",
        reason="To be sure",
        days="7",
    )
    item = client.get(world.at).text.split(f"{world.at}/requests/")[-1].split('"')[0]
    at = f"{world.at}/requests/{item}"

    answer = send(client, at, at, step="waive", note="Found it ourselves")

    assert answer.status_code == 303, answer.text
    assert "Waived" in client.get(world.at).text


def test_a_hold_is_placed_on_the_disputed_part_and_released(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    client = client_as(world.rio)
    page = f"{world.at}/holds/new"

    placed = send(
        client,
        page,
        page,
        side="complainant",
        share="50",
        territory="WW-US",
        explanation="Two people claim it",
    )
    shown = client.get(world.at).text
    release = f"{world.at}/holds/" + shown.split(f"{world.at}/holds/")[2].split('"')[0]
    freed = send(client, release, release, reason="They agreed")

    assert placed.status_code == 303, placed.text
    assert "50 % of" in shown
    assert freed.status_code == 303, freed.text
    assert "Released" in client.get(world.at).text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"share": "150"}, "between 0 and 100"),
        ({"territory": "Germany"}, "is not a territory code"),
        ({"starts_on": "2026-05-01", "ends_on": "2026-04-01"}, "ends before it begins"),
        ({"side": ""}, "Choose whose earnings"),
    ],
)
def test_b014_a_hold_that_makes_no_sense_is_refused_at_its_field(
    client_as: Any, clock: Any, change: dict[str, str], words: str
) -> None:
    world = make_world(clock, to="triage")
    page = f"{world.at}/holds/new"

    answer = send(client_as(world.rio), page, page, **({"side": "complainant"} | change))

    assert answer.status_code == 422
    assert words in answer.text


def test_moves_named_by_the_system_have_no_button(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")

    page = client_as(world.rio).get(world.at).text

    assert not [name for name in BY_THE_HOUSE if f'/actions/{name}"' in page]
    assert CaseEvent.START_EXCHANGE.value in page
