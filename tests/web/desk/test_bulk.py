"""Acts on many cases: preview by the same guards, one transaction each, marks, undo, nothing foreign."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.cases.commands import WallOff
from app.cases.rules.kinds import CaseEvent, SubKind
from app.cases.service.people import wall_off_person
from app.infra.db.transaction import transaction
from app.infra.jobs import run_task
from app.kernel.actor import Actor
from app.queues.service.tags import make_tag
from tests.factories.accounts import make_person
from tests.factories.cases import act, make_case
from tests.web.desk.pages import World, form_of, make_world
from tests.web.desk.test_list import refs_of

SYSTEM = Actor.system("test:bulk")


def boxes(client: Any, query: str = "") -> list[str]:
    """What the boxes of the list would send."""
    return re.findall(r'name="case" value="([^"]+)" form="bulk"', client.get(f"/desk{query}").text)


def look(client: Any, act_name: str, cases: list[str], target: str, **more: str) -> Any:
    data = {"act": act_name, "case": cases, "target": target, **more}
    return client.post("/desk/bulk", data=data)


def begin(client: Any, looked: Any) -> Any:
    """Press the button of the preview; the run's page afterwards."""
    at = looked.location.split("?")[0]
    fields = form_of(client.get(looked.location).text, f"{at}/start")
    client.post(f"{at}/start", data=fields)
    return client.get(looked.location)


def run_at(looked: Any) -> str:
    return str(looked.location.split("?")[0])


def make_cases(world: World, count: int, clock: Any) -> None:
    with transaction(world.ada.actor) as tx:
        for _number in range(count):
            make_case(world.ada, SubKind.OWNERSHIP, tx=tx, clock=clock)


def make_word(name: str, clock: Any) -> None:
    with transaction(SYSTEM) as tx:
        make_tag(tx, name, SYSTEM, clock)


def test_cases_are_assigned_after_a_look(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    make_cases(world, 2, clock)
    client = client_as(world.eli)

    looked = look(client, "assign", boxes(client), str(world.rio.id))
    preview = client.get(looked.location).text
    page = begin(client, looked).text

    assert "3 cases will change." in preview
    assert refs_of(client.get("/desk?owner=nobody").text) == []
    assert "3 cases were changed." in page
    assert len(refs_of(client_as(world.rio).get("/desk?owner=me").text)) == 3


def test_the_same_guards_say_what_is_refused_and_why(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    make_cases(world, 1, clock)
    with transaction(world.eli.actor) as tx:
        wall_off_person(tx, WallOff(world.case.id, world.rae.id, "cousin"), world.eli.actor, clock)
    client = client_as(world.eli)

    looked = look(client, "assign", boxes(client), str(world.rae.id))
    page = client.get(looked.location).text

    assert "1 case will change." in page
    assert "1 case is refused." in page
    assert "this person has an interest in the case" in page


def test_a_look_changes_nothing(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.eli)
    before = boxes(client)

    look(client, "assign", before, str(world.rio.id))
    look(client, "stage", before, "take")

    assert boxes(client) == before
    assert refs_of(client.get("/desk?owner=nobody&state=submitted").text) == [world.case.ref]


def test_b143_one_foreign_case_among_fifty_refuses_all(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    make_cases(world, 3, clock)
    with transaction(world.eli.actor) as tx:
        wall_off_person(tx, WallOff(world.case.id, world.rae.id, "cousin"), world.eli.actor, clock)
    every, client = boxes(client_as(world.eli)), client_as(world.rae)

    answers = [
        look(client, "assign", every, "me"),
        look(client, "stage", every, "take"),
        look(client, "assign", [*boxes(client), "00000000-0000-4000-8000-000000000000:1"], "me"),
        look(client, "assign", [*boxes(client), "hello"], "me"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert refs_of(client.get("/desk?owner=me").text) == []


def test_what_somebody_else_changed_is_marked_and_left_alone(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    make_cases(world, 1, clock)
    client = client_as(world.eli)
    seen = boxes(client)
    act(world.case.id, CaseEvent.TAKE, world.rio.actor, clock=clock)

    page = client.get(look(client, "assign", seen, str(world.dee.id)).location).text

    assert "1 case will change." in page
    assert "Updated by Rio Reyes" in page


def test_a_change_between_look_and_start_is_not_overwritten(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.eli)
    looked = look(client, "assign", boxes(client), str(world.dee.id))
    act(world.case.id, CaseEvent.TAKE, world.rio.actor, clock=clock)

    page = begin(client, looked).text

    assert "1 case was changed by somebody else and is left alone." in page
    assert "Updated by Rio Reyes" in page
    assert refs_of(client_as(world.rio).get("/desk?owner=me").text) == [world.case.ref]


def test_assigning_is_undone_within_half_a_minute(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.eli)
    looked = look(client, "assign", boxes(client), str(world.dee.id))
    page = begin(client, looked).text

    client.post(f"{run_at(looked)}/undo", data=form_of(page, f"{run_at(looked)}/undo"))

    assert "1 case was put back." in client.get(looked.location).text
    assert refs_of(client.get("/desk?owner=nobody").text) == [world.case.ref]


def test_after_half_a_minute_nothing_is_undone(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.eli)
    looked = look(client, "assign", boxes(client), str(world.dee.id))
    begin(client, looked)
    clock.advance(timedelta(seconds=31))

    answer = client.post(f"{run_at(looked)}/undo")

    assert answer.status_code == 409
    assert "Undo" not in client.get(looked.location).text
    assert refs_of(client_as(world.dee).get("/desk?owner=me").text) == [world.case.ref]


def test_all_that_match_pass_their_filter_not_their_ids(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    make_cases(world, 2, clock)
    make_word("night", clock)
    client = client_as(world.dee)

    looked = look(client, "tag", [], "night", all="1", query="kind=rights_claim")
    begin(client, looked)

    assert len(refs_of(client.get("/desk?tag=night").text)) == 3


def test_more_than_fifty_go_on_in_the_background(app: Any, client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    make_cases(world, 52, clock)
    make_word("night", clock)
    client = client_as(world.dee)

    looked = look(client, "tag", [], "night", all="1", query="")
    waiting = begin(client, looked).text
    run_background(app)

    assert "0 of 53 cases are done." in waiting
    assert "53 cases were changed." in client.get(looked.location).text
    assert "HX-Refresh" in client.get(looked.location, headers={"HX-Request": "true"}).headers


def run_background(app: Any) -> None:
    """Run the one job of the run, as the worker would; the mails about the cases are no matter of this test."""
    with transaction(SYSTEM) as tx:
        args = tx.execute(
            text("select args from procrastinate_jobs where args ->> 'reaction' = 'bulk.work_off'")
        ).scalar_one()
    run_task(app.extensions["redress"], "outbox.react", args)


def test_a_step_of_the_table_is_taken_by_many_and_says_it_is_final(
    client_as: Any, clock: Any
) -> None:
    world = make_world(clock)
    make_cases(world, 1, clock)
    act(world.case.id, CaseEvent.TAKE, world.rio.actor, clock=clock)
    client = client_as(world.rio)

    looked = look(client, "stage", boxes(client), "take")
    preview = client.get(looked.location).text
    page = begin(client, looked).text

    assert "This cannot be undone" in preview
    assert "Its stage has no such step." in preview
    assert "1 case was changed." in page
    assert "Undo" not in page


def test_a_run_is_its_askers_alone_and_starts_once(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.eli)
    looked = look(client, "assign", boxes(client), "me")
    begin(client, looked)

    again = client.post(f"{run_at(looked)}/start")
    foreign = client_as(world.rio)

    assert again.status_code == 409
    assert foreign.get(run_at(looked)).status_code == 404
    assert foreign.post(f"{run_at(looked)}/undo").status_code == 404


def test_agents_assign_to_themselves_only(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.dee)

    other = client.get(look(client, "assign", boxes(client), str(world.rio.id)).location).text
    own = client.get(look(client, "assign", boxes(client), "me").location).text

    assert "1 case is refused." in other
    assert "Your role does not do this to this case." in other
    assert "1 case will change." in own


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"act": "assign", "target": "me"}, "Choose at least one case."),
        ({"act": "stage", "target": "decide", "all": "1"}, "Choose one of: take"),
        ({"act": "stage", "target": "close_out_of_scope", "all": "1"}, "This step needs a reason."),
        ({"act": "assign", "target": "zz", "all": "1"}, "Choose a person of the list."),
    ],
)
def test_b013_what_is_missing_is_asked_for_again(
    client_as: Any, clock: Any, data: dict[str, str], words: str
) -> None:
    client = client_as(make_world(clock).rio)

    answer = client.post("/desk/bulk", data=data)

    assert answer.status_code == 422
    assert words in answer.text


def test_the_selection_is_kept_from_page_to_page(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.dee)
    box = boxes(client)[0]

    here = client.post("/desk/select", data={"case": [box]}).text
    elsewhere = client.post("/desk/select?owner=me", data={"case": [box]}).text

    assert f'value="{box}" form="bulk" checked' in here
    assert "No case fits" in elsewhere


def test_tags_are_set_on_one_case_and_no_party_sees_them(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    make_word("canary-word", clock)
    client = client_as(world.dee)

    client.post(f"{world.at}/tags", data={"tag": "canary-word"})
    tagged = refs_of(client.get("/desk?tag=canary-word").text)
    party = client_as(world.ada).get(f"/cases/{world.case.ref}").text
    client.post(f"{world.at}/tags", data={})

    assert tagged == [world.case.ref]
    assert "canary-word" not in party
    assert refs_of(client.get("/desk?tag=canary-word").text) == []


def test_b145_the_wall_keeps_words_from_parties(app: Any, clock: Any, client_as: Any) -> None:
    world = make_world(clock)
    make_word("night", clock)
    client_as(world.dee).post(f"{world.at}/tags", data={"tag": "night"})

    with transaction(world.ada.actor, read_only=True) as tx:
        seen = [tx.execute(text(f"select count(*) from {name}")).scalar_one()
                for name in ("tag", "case_tag", "saved_view", "bulk_run", "bulk_row")]  # fmt: skip

    assert seen == [0] * 5


def test_an_administrator_sets_up_words_and_queues(client_as: Any, clock: Any) -> None:
    world, adi = make_world(clock), make_person("adi", clock=clock)
    client = client_as(adi)

    client.post("/admin/setup/tags", data={"name": "Urgent"})
    again = client.post("/admin/setup/tags", data={"name": "urgent"})
    bad = client.post(
        "/admin/setup/queues", data={"name": "Odd", "query": "state=foo", "icon": "flag"}
    )
    client.post(
        "/admin/setup/queues",
        data={"name": "Claims", "query": "/desk?kind=rights_claim", "icon": "flag"},
    )
    page, desk = client.get("/admin/setup").text, client_as(world.dee).get("/desk").text

    assert again.status_code == bad.status_code == 422
    assert "urgent" in page
    assert "Claims" in desk.split("<main")[0]
    assert client_as(world.eli).get("/admin/setup").status_code == 403
