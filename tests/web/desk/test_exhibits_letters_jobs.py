"""Verdicts, letters and parked jobs at the desk."""

from __future__ import annotations

import io
from typing import Any

import pytest

from app.evidence import service as evidence
from app.evidence.commands import ReceiveUpload
from app.infra.db.transaction import transaction
from tests.factories.accounts import make_person
from tests.web.desk.pages import World, form_of, make_world, send, statements

ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def give(world: World, clock: Any, app: Any, name: str = "contract.txt") -> None:
    """Ada adds a file."""
    storage = app.extensions["redress"].storage
    with transaction(world.ada.actor) as tx:
        command = ReceiveUpload(world.case.id, None, name, "text/plain")
        evidence.receive_upload(
            tx, command, io.BytesIO(b"A contract in words.\n"), storage, world.ada.actor, clock
        )


def test_a_verdict_is_given_and_shown(app: Any, client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    give(world, clock, app)
    client = client_as(world.rio)

    answer = send(
        client,
        world.at,
        f"{world.at}/evidence/E1/verdict",
        verdict="supports_artist",
        note="Signed by both.",
    )

    assert answer.status_code == 303, answer.text
    assert "Supports artist" in client.get(f"{world.at}/evidence/E1").text
    assert "Signed by both." in client.get(f"{world.at}?exhibit=E1").text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"verdict": ""}, "Choose a verdict."),
        ({"verdict": "reject", "because": ""}, "counts for nothing"),
        ({"verdict": "reject", "because": "other", "note": ""}, "Say in words why"),
    ],
)
def test_b001_a_verdict_without_its_parts_is_refused(
    app: Any, client_as: Any, clock: Any, fields: dict[str, str], words: str
) -> None:
    world = make_world(clock, to="review")
    give(world, clock, app)
    action = f"{world.at}/evidence/E1/verdict"

    answer = send(client_as(world.rio), world.at, action, **fields)

    assert answer.status_code == 422
    assert words in answer.text


def test_an_agent_lists_exhibits_and_neither_opens_nor_judges(
    app: Any, client_as: Any, clock: Any
) -> None:
    world = make_world(clock, to="review")
    give(world, clock, app)
    client = client_as(world.dee)

    page = client.get(f"{world.at}/evidence/E1").text
    token = form_of(client.get(world.at).text, f"{world.at}/messages")["csrf_token"]
    forced = client.post(
        f"{world.at}/evidence/E1/verdict",
        data={"csrf_token": token, "verdict": "reject"},
        headers=ORIGIN,
    )

    assert "contract.txt" in page
    assert "Save verdict" not in page
    assert forced.status_code == 403


def test_an_exhibit_is_shown_to_the_other_side_and_hidden_again(
    app: Any, client_as: Any, clock: Any
) -> None:
    world = make_world(clock, to="review")
    give(world, clock, app)
    client = client_as(world.rio)

    shared = send(client, world.at, f"{world.at}/evidence/E1/share")
    seen = client.get(f"{world.at}/evidence/E1").text
    hidden = send(client, world.at, f"{world.at}/evidence/E1/unshare")

    assert (shared.status_code, hidden.status_code) == (303, 303)
    assert "Both sides" in seen
    assert "Its own side and the desk" in client.get(f"{world.at}/evidence/E1").text


@pytest.mark.parametrize("label", ["E9", "X1", "E0", "S1", "-1", "E1%00"])
def test_b108_an_unknown_exhibit_is_not_found(
    app: Any, client_as: Any, clock: Any, label: str
) -> None:
    world = make_world(clock, to="review")
    give(world, clock, app)

    assert client_as(world.rio).get(f"{world.at}/evidence/{label}").status_code == 404


def test_parked_jobs_are_for_leads(client_as: Any, clock: Any) -> None:
    world = make_world(clock)

    with statements() as seen:
        page = client_as(world.eli).get("/desk/jobs")

    assert page.status_code == 200
    assert "No job is parked." in page.text
    assert len(seen) <= 12
    assert client_as(world.dee).get("/desk/jobs").status_code == 403


def test_a_job_that_is_not_parked_is_not_found(client_as: Any, clock: Any) -> None:
    world = make_world(clock)
    client = client_as(world.eli)
    token = form_of(client.get(world.at).text, f"{world.at}/messages")["csrf_token"]

    answer = client.post("/desk/jobs/123456/retry", data={"csrf_token": token}, headers=ORIGIN)

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "step", ["/decide", "/confirm", "/evidence/E1", "/requests/new", "/holds/new"]
)
def test_parties_never_reach_the_desks_pages(client_as: Any, clock: Any, step: str) -> None:
    world = make_world(clock, to="review")

    answers = [client_as(person).get(world.at + step) for person in (world.ada, world.cy)]

    assert {answer.location for answer in answers} == {f"/cases/{world.case.ref}"}


def test_a_link_to_the_desk_leads_a_party_to_its_own_page(client_as: Any, clock: Any) -> None:
    world = make_world(clock, to="review")
    stranger = make_person("bo", clock=clock)

    party = client_as(world.ada).get(world.at)
    other = client_as(stranger).get(world.at, follow_redirects=True)

    assert party.location == f"/cases/{world.case.ref}"
    assert other.status_code == 404
