"""Who hears what: only what the owner of an endpoint may see, when it happens and again when it is sent (I12, B173, B174)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.accounts import queries as accounts_queries
from app.accounts.commands import ChangeRoles
from app.accounts.service.people import change_roles
from app.cases.commands import RevokeMember, WallOff
from app.cases.service.people import revoke_member, wall_off_person
from app.conversations.commands import AddNote
from app.conversations.queries.sight import sees_message
from app.conversations.rules.audience import Audience
from app.conversations.service import add_note
from app.evidence.commands import ShareItem
from app.evidence.service import share_item
from app.infra.jobs import Run, run_task
from app.kernel.actor import Actor, Role
from app.kernel.clock import FixedClock
from app.kernel.errors import NotFound
from app.kernel.sides import Side
from app.webhooks.queries import deliveries_of, endpoint_by_id, endpoints_of
from app.webhooks.rules.kinds import IDS, Kind
from app.webhooks.service.deliveries import replay, replay_failed, send_test
from app.webhooks.service.endpoints import remove_endpoint, rotate_secret, switch_endpoint
from app.workflows import reactions, webhook_sight
from app.workflows.webhook_sight import TOLD, Subject, may_hear
from tests.factories.cases import make_draft
from tests.factories.conversations import make_message, make_request
from tests.factories.evidence import make_item
from tests.factories.webhooks import gate_of, make_endpoint
from tests.support.receiver import Receiver, receiving

SYSTEM = Actor.system("test")
Jobs = Callable[[], int]


@pytest.fixture
def others(app: Any, people: Any, receiver: Receiver) -> Iterator[dict[str, Receiver]]:
    """Everybody of the cast has an endpoint for everything, each with a receiver of its own."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        found = {}
        for key, person in people.items():
            found[key] = stack.enter_context(receiving())
            make_endpoint(app, person, found[key].url, actor=SYSTEM)
        yield found


def heard(others: dict[str, Receiver]) -> dict[str, list[tuple[str, dict[str, str]]]]:
    """What each of them was told, in no order."""
    return {
        key: [
            (said["type"], said["data"])
            for said in map(json.loads, (one.body for one in receiver.heard))
        ]
        for key, receiver in others.items()
        if receiver.heard
    }


def forget(others: dict[str, Receiver]) -> None:
    for receiver in others.values():
        receiver.heard.clear()


def test_b173_a_private_message_is_told_to_its_side_and_the_desk_alone(
    people: Any,
    case: Any,
    others: dict[str, Receiver],
    run_jobs: Jobs,
    tx_as: Any,
    clock: FixedClock,
) -> None:
    run_jobs()
    forget(others)

    message = make_message(people["cy"].actor, case.id, body="the secret of cy", clock=clock)
    run_jobs()

    told = ("message.sent", {"case": case.ref, "message": str(message)})
    assert heard(others) == {key: [told] for key in ("cy", "dee", "rio", "fay", "gus")}
    with tx_as(
        SYSTEM
    ) as tx:  # not even a delivery that would be withheld later: the log is read, too
        query = text("select state from webhook_delivery where data->>'message' = :id")
        assert list(tx.execute(query, {"id": str(message)}).scalars()) == ["delivered"] * 5
    assert not any(b"secret" in one.body for receiver in others.values() for one in receiver.heard)


def test_b173_a_shared_message_is_told_to_both_sides_and_a_note_to_nobody(
    people: Any,
    case: Any,
    others: dict[str, Receiver],
    tx_as: Any,
    run_jobs: Jobs,
    clock: FixedClock,
) -> None:
    run_jobs()
    forget(others)

    make_message(people["dee"].actor, case.id, audience=Audience.BOTH, clock=clock)
    run_jobs()
    assert {"ada", "cy", "dee"} <= heard(others).keys()
    assert not {"bo", "adi", "aud"} & heard(others).keys()
    forget(others)

    with tx_as(people["dee"].actor) as tx:
        add_note(tx, AddNote(case.id, "of the desk"), people["dee"].actor, clock)
    run_jobs()
    assert heard(others) == {}


def test_b173_evidence_of_one_side_is_told_to_the_other_when_it_is_shared(
    people: Any,
    case: Any,
    others: dict[str, Receiver],
    tx_as: Any,
    run_jobs: Jobs,
    clock: FixedClock,
) -> None:
    run_jobs()
    forget(others)

    item = make_item(people["ada"].actor, case.id)
    run_jobs()
    assert "cy" not in heard(others)
    assert heard(others)["ada"] == [
        ("evidence.received", {"case": case.ref, "evidence": str(item.id)})
    ]
    forget(others)

    with tx_as(people["rio"].actor) as tx:
        share_item(
            tx, ShareItem(case.id, item.id, "both sides need it"), people["rio"].actor, clock
        )
    run_jobs()
    assert heard(others)["cy"] == [
        ("evidence.shared", {"case": case.ref, "evidence": str(item.id)})
    ]


def test_b173_a_request_is_told_to_the_side_that_was_asked(
    people: Any, case: Any, others: dict[str, Receiver], run_jobs: Jobs, clock: FixedClock
) -> None:
    run_jobs()
    forget(others)

    row = make_request(people["dee"].actor, case.id, side=Side.RESPONDENT, clock=clock)
    run_jobs()

    told = heard(others)
    assert ("request.asked", {"case": case.ref, "request": str(row.id)}) in told["cy"]
    assert not any(kind.startswith("request.") for kind, _data in told.get("ada", []))


def test_a_draft_is_told_to_nobody(
    people: Any, others: dict[str, Receiver], run_jobs: Jobs, clock: FixedClock
) -> None:
    draft = make_draft(people["ada"], clock=clock)
    make_item(people["ada"].actor, draft)

    run_jobs()

    assert heard(others) == {}


def test_strangers_administrators_and_the_auditor_hear_of_no_case(
    people: Any, case: Any, others: dict[str, Receiver], run_jobs: Jobs
) -> None:
    run_jobs()

    told = heard(others)
    assert ("case.filed", {"case": case.ref}) in told["ada"]
    assert {"bo", "adi", "aud"} & told.keys() == set()


def test_b174_who_left_the_case_hears_nothing_not_even_what_waited(
    app: Any,
    people: Any,
    case: Any,
    receiver: Receiver,
    tx_as: Any,
    run_jobs: Jobs,
    clock: FixedClock,
) -> None:
    cy = people["cy"]
    made = make_endpoint(app, cy, receiver.url, Kind.MESSAGE_SENT)
    receiver.statuses = [500]
    make_message(cy.actor, case.id, clock=clock)
    with tx_as(SYSTEM) as tx:
        event = tx.execute(text("select id from event where type = 'message_sent'")).scalar_one()
    services = app.extensions["redress"]
    run_task(services, "outbox.react", {"event_id": str(event), "reaction": "webhooks.publish"})
    with tx_as(SYSTEM) as tx:
        (waiting,) = deliveries_of(tx, SYSTEM, made.endpoint_id).rows
    run_task(services, "webhooks.send", {"delivery_id": str(waiting.id), "number": 1})
    assert len(receiver.heard) == 1
    receiver.statuses = [204]

    with tx_as(SYSTEM) as tx:
        revoke_member(tx, RevokeMember(case.id, cy.id), SYSTEM, clock)
    make_message(people["dee"].actor, case.id, audience=Audience.BOTH, clock=clock)
    run_jobs()
    run_task(services, "webhooks.send", {"delivery_id": str(waiting.id), "number": 2})

    assert len(receiver.heard) == 1
    with tx_as(SYSTEM) as tx:
        rows = deliveries_of(tx, SYSTEM, made.endpoint_id).rows
    assert [row.state for row in rows] == ["withheld"]
    with tx_as(cy.actor) as tx:
        replay(tx, waiting.id, cy.actor, clock)
    run_jobs()
    assert len(receiver.heard) == 1


def test_b174_recused_staff_and_ended_roles_hear_nothing(
    app: Any,
    people: Any,
    case: Any,
    others: dict[str, Receiver],
    tx_as: Any,
    run_jobs: Jobs,
    clock: FixedClock,
) -> None:
    run_jobs()
    forget(others)
    with tx_as(SYSTEM) as tx:
        wall_off_person(tx, WallOff(case.id, people["rio"].id, "is a friend"), SYSTEM, clock)
        change_roles(tx, ChangeRoles(people["dee"].id, frozenset({Role.ARTIST})), SYSTEM, clock)

    make_message(people["ada"].actor, case.id, clock=clock)
    run_jobs()

    assert heard(others).keys() == {"ada", "fay", "gus"}


def test_the_second_wall_stands_alone(
    app: Any,
    people: Any,
    case: Any,
    receiver: Receiver,
    tx_as: Any,
    clock: FixedClock,
    monkeypatch: Any,
) -> None:
    """With the rooms' scopes taken away, row-level security still keeps side from side."""
    from sqlalchemy import true

    message = make_message(people["cy"].actor, case.id, clock=clock)
    monkeypatch.setattr("app.conversations.queries.sight.side_scope", lambda _actor, _model: true())

    with tx_as(people["ada"].actor) as tx:
        assert not sees_message(tx, people["ada"].actor, case.id, message)
    with tx_as(people["cy"].actor) as tx:
        assert sees_message(tx, people["cy"].actor, case.id, message)
    assert accounts_queries.side_scope is not None


def test_the_first_wall_stands_alone(people: Any, case: Any, tx_as: Any, clock: FixedClock) -> None:
    """Asked in a transaction of the system, which row-level security lets through, the scope still holds."""
    message = make_message(people["cy"].actor, case.id, clock=clock)

    with tx_as(SYSTEM) as tx:
        assert not sees_message(tx, people["ada"].actor, case.id, message)
        assert sees_message(tx, people["cy"].actor, case.id, message)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.PING])
def test_nobody_hears_of_what_does_not_exist(
    app: Any, people: Any, case: Any, clock: FixedClock, kind: Kind
) -> None:
    run = Run("test", app.extensions["redress"])

    for case_id in (uuid4(), case.id):
        has_row = bool(IDS[kind][1:]) or kind is Kind.BATCH_EXPORTED
        subject = Subject(
            kind, None if kind is Kind.BATCH_EXPORTED else case_id, uuid4() if has_row else None
        )
        if has_row or case_id != case.id:
            assert not any(may_hear(run, person.id, subject) for person in people.values())
    assert not may_hear(run, uuid4(), Subject(Kind.CASE_MOVED, case.id))


def test_every_kind_has_its_question_and_its_reaction() -> None:
    assert {told.kind for told in TOLD.values()} | {Kind.PING} == set(Kind)
    for event_type, told in TOLD.items():
        names = [one.name for one in reactions.REACTIONS[event_type]]
        assert "webhooks.publish" in names, event_type
        assert told.name in {"", *IDS[told.kind]}
    listed = {
        kind
        for kind, rows in reactions.REACTIONS.items()
        if any(one.name == "webhooks.publish" for one in rows)
    }
    assert listed == set(TOLD) == set(webhook_sight.TOLD)


def test_endpoints_are_their_owners_and_administrators_behind_both_walls(
    app: Any, people: Any, receiver: Receiver, tx_as: Any, clock: FixedClock
) -> None:
    ada, bo, adi = people["ada"], people["bo"], people["adi"]
    made = make_endpoint(app, ada, receiver.url)
    with tx_as(ada.actor) as tx:
        send_test(tx, made.endpoint_id, ada.actor, clock)

    for stranger in (bo, people["dee"], people["aud"]):
        with tx_as(stranger.actor) as tx:
            assert endpoints_of(tx, stranger.actor) == ()
            with pytest.raises(NotFound):
                endpoint_by_id(tx, stranger.actor, made.endpoint_id)
            for table in ("endpoint", "secret", "delivery", "attempt"):
                found = tx.execute(text(f"select count(*) from webhook_{table}")).scalar_one()
                assert found == 0, (stranger.key, table)
    with tx_as(SYSTEM) as tx:  # the first wall alone
        assert endpoints_of(tx, bo.actor) == ()
    with tx_as(ada.actor) as tx:
        assert tx.execute(text("select count(*) from webhook_secret")).scalar_one() == 0
        assert deliveries_of(tx, ada.actor, made.endpoint_id).rows[0].data
    with tx_as(adi.actor) as tx:
        assert [row.owner for row in endpoints_of(tx, adi.actor)] == ["Ada Amberg"]
        assert deliveries_of(tx, adi.actor, made.endpoint_id).rows[0].data == {}


@pytest.mark.parametrize("who", ["bo", "dee", "fay", "aud"])
def test_nobody_changes_the_endpoint_of_somebody_else(
    app: Any, people: Any, receiver: Receiver, tx_as: Any, clock: FixedClock, who: str
) -> None:
    made = make_endpoint(app, people["ada"], receiver.url)
    actor, key = people[who].actor, made.endpoint_id
    vault = gate_of(app).vault
    tries: list[Callable[[Any], Any]] = [
        lambda tx: rotate_secret(tx, key, actor, clock, vault),
        lambda tx: switch_endpoint(tx, key, actor, clock, on=False),
        lambda tx: remove_endpoint(tx, key, actor, clock),
        lambda tx: send_test(tx, key, actor, clock),
        lambda tx: replay_failed(tx, key, clock.now() - timedelta(days=1), actor, clock),
        lambda tx: replay(tx, uuid4(), actor, clock),
    ]

    for attempt in tries:
        # An auditor's own transaction writes nothing anyway; the service refuses before that.
        with pytest.raises(NotFound), tx_as(SYSTEM if Role.AUDITOR in actor.roles else actor) as tx:
            attempt(tx)
