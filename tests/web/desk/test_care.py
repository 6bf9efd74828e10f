"""Facts with their source, links, owner, conflict of interest, legal hold."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.cases.rules.kinds import CaseEvent
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.errors import Refused
from tests.factories.cases import act, make_case
from tests.web.desk.pages import form_of, make_world, send

SAME = {"Sec-Fetch-Site": "same-origin"}
SYSTEM = Actor.system("test")


def test_a_fact_is_corrected_with_its_source_and_its_past(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    rio, page = client_as(world.rio), f"{world.at}/facts"

    saved = send(
        rio,
        page,
        page,
        subject_title="Night Ferry",
        source="phone call",
    )

    assert saved.status_code == 303
    assert "Night Ferry" in rio.get(world.at).text
    shown = rio.get(page).text
    assert "<del>Sample subject_title</del>" in shown
    assert "phone call, by Rio" in shown


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source": ""}, "Nothing was changed."),
        ({"isrc": "nonsense", "source": "x"}, 'id="isrc-error"'),
        ({"disputed_amount": "1,5", "source": "x"}, 'id="disputed_amount-error"'),
        (
            {"period_start": "2026-05-01", "period_end": "2026-04-01", "source": "x"},
            "The period ends before it starts.",
        ),
        ({"subject_title": "Other"}, 'id="source-error"'),
    ],
)
def test_b001_a_wrong_fact_is_named_at_its_field(
    client_as: Any, clock: Any, change: dict[str, str], words: str
) -> None:
    world = make_world(clock, to="triage")
    page = f"{world.at}/facts"

    answer = send(client_as(world.rio), page, page, **change)

    assert answer.status_code == 422
    assert words in answer.text


def test_b131_two_correct_the_same_case_and_both_texts_are_shown(
    client_as: Any, clock: Any
) -> None:
    world = make_world(clock, to="triage")
    rio, dee, page = client_as(world.rio), client_as(world.dee), f"{world.at}/facts"
    old = form_of(rio.get(page).text, page)

    send(dee, page, page, subject_title="Theirs", source="mail")
    late = rio.post(page, data=old | {"subject_title": "Mine", "source": "call"}, headers=SAME)

    assert late.status_code == 409
    assert "Theirs" in late.text
    assert 'value="Mine"' in late.text


def test_cases_are_linked_from_either_side_and_unlinked(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    other = make_case(world.ada, clock=clock)
    rio, page = client_as(world.rio), f"{world.at}/links"

    send(rio, page, page, other=other.ref, relation="related", do="link")
    linked = rio.get(f"/desk/cases/{other.ref}").text
    answer = rio.post(
        f"/desk/cases/{other.ref}/links", data={"other": world.case.ref, "relation": "related", "do": "unlink"}, headers=SAME
    )  # fmt: skip

    assert world.case.ref in linked
    assert answer.status_code == 303
    assert world.case.ref not in rio.get(f"/desk/cases/{other.ref}").text


@pytest.mark.parametrize("other", ["RD-0000-0000", "-1", ""])
def test_b108_a_link_to_nothing_is_refused(client_as: Any, clock: Any, other: str) -> None:
    world = make_world(clock)
    page = f"{world.at}/links"

    answer = send(client_as(world.rio), page, page, other=other, relation="related", do="link")

    assert answer.status_code == 422
    assert "There is no case with this reference." in answer.text


def test_b151_who_declares_a_conflict_sees_nothing_and_gets_nothing(
    client_as: Any, clock: Any
) -> None:
    world = make_world(clock, to="triage")
    rio, eli, page = client_as(world.rio), client_as(world.eli), f"{world.at}/conflict"

    gone = send(rio, page, page, reason="My cousin plays on it")
    owner = f"{world.at}/owner"
    given = send(eli, owner, owner, owner=str(world.rio.id))

    assert gone.status_code == 303
    assert rio.get(world.at).status_code == 404
    assert rio.get(f"{world.at}/facts").status_code == 404
    assert world.case.ref not in rio.get("/desk").text
    assert given.status_code == 409


def test_a_lead_gives_the_case_to_somebody_else(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    page = f"{world.at}/owner"

    answer = send(client_as(world.eli), page, page, owner=str(world.dee.id))

    assert answer.status_code == 303
    assert client_as(world.rio).get(page).status_code == 403


def test_i14_a_legal_hold_beats_withdrawal_merge_and_erasure(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    page = f"{world.at}/legal-hold"

    assert send(client_as(world.eli), page, page, reason="court asked").status_code == 303

    for event in (CaseEvent.WITHDRAW, CaseEvent.MARK_DUPLICATE):
        with pytest.raises(Refused):
            act(world.case.id, event, world.ada.actor, clock=clock)
    sql = "delete from history_private where entry_id in (select id from history_entry where case_id = :case)"
    with (
        pytest.raises(DBAPIError, match=r"legal hold|permission denied"),
        transaction(SYSTEM) as tx,
    ):
        tx.execute(text(sql), {"case": world.case.id})
    assert "Legal hold since" in client_as(world.rio).get(world.at).text


def test_a_lifted_hold_lets_the_party_withdraw(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="triage")
    eli, page = client_as(world.eli), f"{world.at}/legal-hold"
    send(eli, page, page, reason="court asked")

    send(eli, page, page, reason="court is done")

    assert act(world.case.id, CaseEvent.WITHDRAW, world.ada.actor, clock=clock).state == "closed"
