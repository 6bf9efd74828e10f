"""Bulk acts: links, duplicates, deadlines and macros; each looked at first, run, and taken back where that is possible."""

from __future__ import annotations

import re
from typing import Any

from app.cases.queries import case_by_id, clocks_of, links_of
from app.cases.rules.kinds import CaseEvent, State, SubKind
from app.conversations.commands import SaveMacro
from app.conversations.rules.macros import MacroAudience
from app.conversations.service.macros import save_macro
from tests.factories.cases import act, make_case
from tests.web.desk.pages import World, make_world


def choice(*cases: Any) -> list[str]:
    """Boxes as the list sends them."""
    return [f"{case.id}:{case.version}" for case in cases]


def planned(client: Any, act_name: str, cases: list[Any], **answers: str) -> Any:
    """Answer the second question; the page of the run."""
    data = {"act": act_name, "query": "", "case": choice(*cases), "next": "/desk", **answers}
    answer = client.post("/desk/bulk", data=data)
    return client.get(answer.location) if answer.status_code == 303 else answer


def runs(client: Any, page: Any, step: str = "start") -> Any:
    """Press the button of the run's page."""
    found = re.search(rf'action="(/desk/bulk/[0-9a-f-]+/{step})"', page.text)
    assert found, page.text
    return client.get(client.post(found[1], data={"next": "/desk"}).location)


def two_more(world: World, clock: Any) -> list[Any]:
    return [make_case(world.ada, SubKind.OWNERSHIP, clock=clock) for _number in range(2)]


def related(tx_as: Any, world: World, case: Any) -> int:
    """How many links of this kind; filing links possible duplicates by itself."""
    with tx_as(world.rio.actor) as tx:
        return sum(row.relation == "related" for row in links_of(tx, world.rio.actor, case.id))


def test_cases_are_linked_and_the_way_back_leaves_older_links(
    client_as: Any, clock: Any, tx_as: Any
) -> None:
    world = make_world(clock)
    first, second = two_more(world, clock)
    client = client_as(world.rio)
    planned_first = planned(client, "link", [first], target=world.case.ref, more="related")
    runs(client, planned_first)

    page = planned(client, "link", [first, second], target=world.case.ref, more="related")
    done = runs(client, page)
    linked = [related(tx_as, world, case) for case in (first, second)]
    runs(client, done, "undo")

    assert "1 case is so already." in page.text
    assert linked == [1, 1]
    assert [related(tx_as, world, case) for case in (first, second)] == [1, 0]


def test_duplicates_are_merged_and_taken_back(client_as: Any, clock: Any, tx_as: Any) -> None:
    world = make_world(clock)
    cases = two_more(world, clock)
    client = client_as(world.rio)

    done = runs(client, planned(client, "duplicate", cases, target=world.case.ref))
    with tx_as(world.rio.actor) as tx:
        states = {case_by_id(tx, world.rio.actor, case.id).state for case in cases}
    runs(client, done, "undo")

    assert states == {State.CLOSED}
    with tx_as(world.rio.actor) as tx:
        assert {case_by_id(tx, world.rio.actor, case.id).state for case in cases} == {
            State.SUBMITTED
        }


def test_a_case_is_no_duplicate_of_itself(client_as: Any, clock: Any) -> None:
    world = make_world(clock)

    page = planned(client_as(world.rio), "duplicate", [world.case], target=world.case.ref)

    assert "1 case is refused." in page.text


def test_deadlines_of_waiting_parties_move_with_a_reason(
    client_as: Any, clock: Any, tx_as: Any
) -> None:
    world = make_world(clock, to="triage")
    waiting = act(
        world.case.id, CaseEvent.ASK_COMPLAINANT, world.rio.actor, clock=clock, items=["Agreement"], item_kind="document"
    )  # fmt: skip
    (other,) = two_more(world, clock)[:1]
    client = client_as(world.rio)
    with tx_as(world.rio.actor) as tx:
        before = min(
            row.due_at
            for row in clocks_of(tx, world.rio.actor, waiting.id)
            if row.side == "complainant"
        )

    silent = planned(client, "deadline", [waiting], target="5")
    odd = planned(client, "deadline", [waiting], target="soon", reason="x")
    page = planned(client, "deadline", [waiting, other], target="5", reason="A public holiday.")
    runs(client, page)

    assert (silent.status_code, odd.status_code) == (422, 422)
    assert "1 case will change." in page.text
    assert "1 case is refused." in page.text
    assert "This cannot be undone" in page.text
    with tx_as(world.rio.actor) as tx:
        after = min(
            row.due_at
            for row in clocks_of(tx, world.rio.actor, waiting.id)
            if row.side == "complainant"
        )
    assert after > before


def test_a_macro_says_each_case_its_own_words(client_as: Any, clock: Any, tx_as: Any) -> None:
    world = make_world(clock)
    cases = two_more(world, clock)
    with tx_as(world.rio.actor) as tx:
        command = SaveMacro(
            None, "Received", "en", MacroAudience.ARTIST, "We have {case_ref}, about {title}."
        )
        macro = save_macro(tx, command, world.rio.actor, clock)
    client = client_as(world.rio)

    runs(client, planned(client, "macro", cases, target=str(macro)))

    for case in cases:
        assert f"We have {case.ref}, about" in client.get(f"/desk/cases/{case.ref}").text


def test_b143_a_foreign_case_in_the_choice_changes_none(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.rio)
    nothing = "00000000-0000-4000-8000-000000000000:1"
    data = {
        "act": "link",
        "query": "",
        "target": world.case.ref,
        "case": [*choice(world.case), nothing],
    }

    assert client.post("/desk/bulk", data=data).status_code == 404
    assert planned(client, "link", [world.case], target="RD-0000-0000").status_code == 422
