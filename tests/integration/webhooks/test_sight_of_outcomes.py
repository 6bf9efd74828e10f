"""Who hears of holds, decisions, letters, corrections and batches: as pages show them, and not a reader more (I12, B173)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import text

from app.cases.rules.kinds import CaseEvent, SubKind
from app.infra.jobs import run_task
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from tests.factories.accounts import NOON, make_cast, make_person
from tests.factories.cases import make_case
from tests.factories.corrections import export, lock, make_batch, make_desk
from tests.factories.ledger import make_hold
from tests.factories.letters import QuickRenderer, with_services
from tests.factories.webhooks import calling_loopback, make_endpoint
from tests.support.receiver import Receiver, receiving
from tests.web.portal import desk as house

SYSTEM = Actor.system("test")
Told = dict[str, set[tuple[str, str]]]


@pytest.fixture
def clock() -> FixedClock:
    """The factories' own time."""
    return FixedClock(NOON)


@pytest.fixture
def listens(app: Any) -> Iterator[Callable[[dict[str, Any]], dict[str, Receiver]]]:
    """`listens(people)` gives each of them an endpoint for everything."""
    with ExitStack() as stack:
        stack.enter_context(calling_loopback(app))
        stack.enter_context(with_services(app, renderer=QuickRenderer()))

        def listen(people: dict[str, Any]) -> dict[str, Receiver]:
            found = {key: stack.enter_context(receiving()) for key in people}
            for key, receiver in found.items():
                make_endpoint(app, people[key], receiver.url, actor=SYSTEM)
            return found

        yield listen


def told(receivers: dict[str, Receiver], kind: str) -> Told:
    """Who heard of *kind*, with the id below the case or batch."""
    found: Told = {}
    for key, receiver in receivers.items():
        for call in receiver.heard:
            said = json.loads(call.body)
            if said["type"] == kind:
                name = kind.partition(".")[0]
                found.setdefault(key, set()).add((said["data"].get("case", ""), said["data"][name]))
    return found


def only_webhooks(app: Any, tx_as: Any) -> None:
    """Publish and send; letters of a case that was written below the walls cannot be printed."""
    services = app.extensions["redress"]
    for query in (
        (
            "select jsonb_build_object('event_id', id, 'reaction', 'webhooks.publish') as args, 'outbox.react' as name "
            "from event where type in ('correction_approved', 'batch_exported')"
        ),
        "select args, task_name as name from procrastinate_jobs where task_name = 'webhooks.send'",
    ):
        with tx_as(SYSTEM) as tx:
            jobs = tx.execute(text(query)).all()
        for job in jobs:
            run_task(services, job.name, job.args)


def test_a_hold_is_told_to_its_side_and_to_those_who_read_holds(
    app: Any, listens: Any, run_jobs: Any, clock: FixedClock
) -> None:
    people = make_cast("ada", "bo", "cy", "dee", "rio", "fay", "adi", "aud")
    case = make_case(people["ada"], SubKind.OWNERSHIP, respondent=people["cy"])
    receivers = listens(people)

    hold = make_hold(case.id, people["rio"].actor)
    run_jobs()

    one = {(str(case.ref), str(hold))}
    assert told(receivers, "hold.placed") == {"ada": one, "rio": one, "fay": one}


def test_a_decision_is_told_to_its_readers_and_each_side_hears_of_its_own_letter(
    app: Any, listens: Any, run_jobs: Any, clock: FixedClock
) -> None:
    people = make_cast("ada", "bo", "cy", "dee", "rio", "rae", "fay", "adi")
    case = make_case(people["ada"], SubKind.OWNERSHIP, respondent=people["cy"])
    receivers = listens(people)

    house.take(people["rio"], str(case.ref), clock)
    house.move(people["rio"], case.id, CaseEvent.START_REVIEW, clock)
    house.decide(people["rio"], people["rae"], str(case.ref), clock)
    run_jobs()

    assert told(receivers, "decision.confirmed").keys() == {"rio", "rae", "fay"}
    letters = told(receivers, "letter.issued")
    assert letters.keys() == {"ada", "cy", "rio", "rae", "fay"}
    assert letters["ada"].isdisjoint(letters["cy"])
    assert letters["rio"] == letters["ada"] | letters["cy"]
    moved = {
        key for key, one in receivers.items() if any(b"case.moved" in c.body for c in one.heard)
    }
    assert moved == {"ada", "cy", "dee", "rio", "rae", "fay"}


def test_corrections_and_batches_are_told_to_those_who_read_them(
    app: Any, pg: Any, listens: Any, tx_as: Any, clock: FixedClock
) -> None:
    desk = make_desk(pg)
    people = {"fay": desk.fay, "gus": desk.gus, "gil": desk.gil}
    people |= {key: make_person(key) for key in ("ada", "dee", "rio", "adi")}
    receivers = listens(people)

    batch = make_batch(desk)
    lock(desk, batch)
    export(desk.gus.actor, batch, app.extensions["redress"].storage)
    only_webhooks(app, tx_as)

    assert told(receivers, "correction.approved").keys() == {"fay", "gus", "gil", "rio"}
    assert told(receivers, "batch.exported") == {
        key: {("", str(batch))} for key in ("fay", "gus", "gil")
    }
