"""What happened in one case reaches an endpoint in order; cases do not wait for each other."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from app.infra.jobs import run_task
from app.kernel.clock import FixedClock
from app.webhooks.rules.kinds import Kind
from app.webhooks.service.turns import FORGOTTEN_AFTER
from tests.factories.cases import make_case
from tests.factories.conversations import make_message
from tests.factories.webhooks import make_endpoint
from tests.integration.webhooks.test_sending import SYSTEM, Jobs, log, planned
from tests.support.receiver import Heard, Receiver


def test_b171_what_happened_in_a_case_comes_in_order_however_long_the_first_takes(
    app: Any,
    people: Any,
    case: Any,
    receiver: Receiver,
    tx_as: Any,
    run_jobs: Jobs,
    clock: FixedClock,
) -> None:
    # Given a first message that the receiver refuses, and a second one
    receiver.statuses = [500]
    made = make_endpoint(app, people["ada"], receiver.url, Kind.MESSAGE_SENT)
    first = make_message(people["ada"].actor, case.id, clock=clock)
    run_jobs()
    clock.advance(timedelta(seconds=1))
    second = make_message(people["ada"].actor, case.id, clock=clock)
    run_jobs()
    # On a slow machine the second attempt is due already: the first may be heard again, the second not yet.
    assert {_about(call) for call in receiver.heard} == {str(first)}, "the second waits its turn"

    # When the receiver is back
    receiver.statuses = [204]
    at, args = planned(tx_as)[-1]
    clock.advance(max(at, clock.now()) - clock.now())
    run_task(app.extensions["redress"], "webhooks.send", args)
    run_jobs()

    # Then both arrive, the earlier first
    *before, last = [_about(call) for call in receiver.heard]
    assert set(before) == {str(first)}
    assert last == str(second)
    newest, oldest = log(tx_as, made.endpoint_id)
    assert (oldest.state, newest.state, newest.attempts) == ("delivered", "delivered", 1)
    assert oldest.attempts >= 2


def test_b171_another_case_does_not_wait(
    app: Any,
    people: Any,
    case: Any,
    receiver: Receiver,
    run_jobs: Jobs,
    clock: FixedClock,
) -> None:
    receiver.statuses = [500]
    make_endpoint(app, people["ada"], receiver.url, Kind.MESSAGE_SENT)
    other = make_case(people["ada"], respondent=people["cy"], clock=clock)
    first = make_message(people["ada"].actor, case.id, clock=clock)
    run_jobs()

    second = make_message(people["ada"].actor, other.id, clock=clock)
    run_jobs()

    heard = [_about(call) for call in receiver.heard]
    assert heard[0] == str(first)
    assert str(second) in heard


def test_a_turn_that_nobody_woke_is_found_within_the_hour(
    app: Any,
    people: Any,
    case: Any,
    receiver: Receiver,
    tx_as: Any,
    run_jobs: Jobs,
    clock: FixedClock,
) -> None:
    # Given a delivery whose job was lost
    make_endpoint(app, people["ada"], receiver.url, Kind.MESSAGE_SENT)
    message = make_message(people["ada"].actor, case.id, clock=clock)
    with tx_as(SYSTEM) as tx:
        event = tx.execute(text("select id from event where type = 'message_sent'")).scalar_one()
        tx.execute(text("delete from procrastinate_jobs where status = 'todo'"))
    services = app.extensions["redress"]
    run_task(services, "outbox.react", {"event_id": str(event), "reaction": "webhooks.publish"})
    with tx_as(SYSTEM) as tx:
        tx.execute(text("delete from procrastinate_jobs where task_name = 'webhooks.send'"))

    # When an hour has not passed, and when it has
    run_task(services, "webhooks.wake", {})
    assert planned(tx_as) == []
    clock.advance(FORGOTTEN_AFTER + timedelta(seconds=1))
    run_task(services, "webhooks.wake", {})
    run_jobs()

    assert [_about(call) for call in receiver.heard] == [str(message)]


def _about(call: Heard) -> str:
    return str(json.loads(call.body)["data"]["message"])
