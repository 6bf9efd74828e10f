"""From what happened to a signed call at a real receiver: retried, replayed, given up, written down."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError

from app.accounts.adapters.vault import Vault, keys_from
from app.infra.jobs import run_task
from app.kernel.actor import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Refused
from app.webhooks.queries import DeliveryRow, deliveries_of, endpoint_by_id, webhook_numbers
from app.webhooks.rules.kinds import Kind
from app.webhooks.rules.plan import GIVE_UP_AFTER, KEPT, PAUSES
from app.webhooks.service.deliveries import replay, replay_failed, send_test
from app.webhooks.service.endpoints import rotate_secret, switch_endpoint
from tests.factories.conversations import make_message
from tests.factories.webhooks import make_endpoint
from tests.support.receiver import Receiver

SYSTEM = Actor.system("test")
Jobs = Callable[[], int]


def log(tx_as: Any, endpoint_id: UUID) -> tuple[DeliveryRow, ...]:
    with tx_as(SYSTEM) as tx:
        return deliveries_of(tx, SYSTEM, endpoint_id).rows


def ping(tx_as: Any, person: Any, endpoint_id: UUID, clock: FixedClock) -> UUID:
    with tx_as(person.actor) as tx:
        return send_test(tx, endpoint_id, person.actor, clock)


def planned(tx_as: Any) -> list[Any]:
    """Attempts that wait: (when, arguments)."""
    with tx_as(SYSTEM) as tx:
        found = tx.execute(
            text(
                "select scheduled_at, args from procrastinate_jobs where status = 'todo' "
                "and task_name = 'webhooks.send' order by id"
            )
        )
        return [(row.scheduled_at, row.args) for row in found]


def test_what_happened_arrives_signed_and_others_software_believes_it(
    app: Any,
    people: Any,
    case: Any,
    receiver: Receiver,
    tx_as: Any,
    run_jobs: Jobs,
    clock: FixedClock,
) -> None:
    made = make_endpoint(app, people["ada"], receiver.url, Kind.MESSAGE_SENT)

    message = make_message(people["ada"].actor, case.id, clock=clock)
    run_jobs()

    (call,) = receiver.heard
    said = Webhook(made.secret).verify(call.body, call.headers)
    assert said["type"] == "message.sent"
    assert said["data"] == {"case": case.ref, "message": str(message)}
    assert call.headers["content-type"] == "application/json"
    (told,) = log(tx_as, made.endpoint_id)
    assert (told.state, told.attempts) == ("delivered", 1)
    assert call.headers["webhook-id"] == f"msg_{told.id.hex}"
    assert (told.log[0].status, told.log[0].failure) == (204, "")
    assert told.log[0].took_ms is not None


def test_one_event_is_one_delivery_however_often_its_reaction_runs(
    app: Any,
    people: Any,
    case: Any,
    receiver: Receiver,
    tx_as: Any,
    run_jobs: Jobs,
    clock: FixedClock,
) -> None:
    make_endpoint(app, people["ada"], receiver.url, Kind.MESSAGE_SENT)
    make_message(people["ada"].actor, case.id, clock=clock)
    run_jobs()
    with tx_as(SYSTEM) as tx:
        event = tx.execute(text("select id from event where type = 'message_sent'")).scalar_one()

    services = app.extensions["redress"]
    run_task(services, "outbox.react", {"event_id": str(event), "reaction": "webhooks.publish"})
    run_jobs()

    assert len(receiver.heard) == 1


def test_kinds_that_were_not_chosen_are_not_told(
    app: Any, people: Any, case: Any, receiver: Receiver, run_jobs: Jobs, clock: FixedClock
) -> None:
    make_endpoint(app, people["ada"], receiver.url, Kind.LETTER_ISSUED)

    make_message(people["ada"].actor, case.id, clock=clock)
    run_jobs()

    assert receiver.heard == []


def test_b172_during_a_rotation_both_secrets_sign_and_afterwards_one(
    app: Any, people: Any, receiver: Receiver, tx_as: Any, run_jobs: Jobs, clock: FixedClock
) -> None:
    ada = people["ada"]
    made = make_endpoint(app, ada, receiver.url)
    with tx_as(ada.actor) as tx:
        vault = keys_from(app.extensions["redress"].settings).fields
        newer = rotate_secret(tx, made.endpoint_id, ada.actor, clock, vault)

    ping(tx_as, ada, made.endpoint_id, clock)
    run_jobs()

    call = receiver.heard[-1]
    assert len(call.headers["webhook-signature"].split(" ")) == 2
    for secret in (made.secret, newer.secret):
        assert Webhook(secret).verify(call.body, call.headers)["type"] == "ping"

    with tx_as(SYSTEM) as tx:
        tx.execute(
            text("update webhook_secret set ends_at = :now where place = 'older'"),
            {"now": clock.now()},
        )
    ping(tx_as, ada, made.endpoint_id, clock)
    run_jobs()

    call = receiver.heard[-1]
    Webhook(newer.secret).verify(call.body, call.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(made.secret).verify(call.body, call.headers)


def test_two_rotations_leave_two_secrets(
    app: Any, people: Any, receiver: Receiver, tx_as: Any, run_jobs: Jobs, clock: FixedClock
) -> None:
    ada = people["ada"]
    made = make_endpoint(app, ada, receiver.url)
    vault = keys_from(app.extensions["redress"].settings).fields
    secrets = [made.secret]
    for _ in range(3):
        with tx_as(ada.actor) as tx:
            secrets.append(rotate_secret(tx, made.endpoint_id, ada.actor, clock, vault).secret)
    ping(tx_as, ada, made.endpoint_id, clock)
    run_jobs()

    call = receiver.heard[-1]
    for secret in secrets[-2:]:
        Webhook(secret).verify(call.body, call.headers)
    for secret in secrets[:-2]:
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(call.body, call.headers)


def test_a_secret_is_stored_sealed_and_in_no_log(
    app: Any, people: Any, receiver: Receiver, tx_as: Any
) -> None:
    made = make_endpoint(app, people["ada"], receiver.url)

    with tx_as(SYSTEM) as tx:
        tables = ("webhook_secret", "webhook_endpoint", "history_entry", "event", "history_private")
        for table in tables:
            stored = tx.execute(
                text(f"select coalesce(string_agg(t::text, ''), '') from {table} t")
            )
            assert made.secret[6:] not in stored.scalar_one()
        sealed = tx.execute(text("select sealed from webhook_secret")).scalar_one()
    settings = app.extensions["redress"].settings
    assert keys_from(settings).fields.unseal("webhook:secret", sealed) == made.secret
    assert keys_from(settings).fields.unseal("totp", sealed) is None
    assert Vault([settings.link_key]).unseal("webhook:secret", sealed) is None


def test_eight_attempts_with_growing_pauses_then_failed(
    app: Any, people: Any, receiver: Receiver, tx_as: Any, clock: FixedClock
) -> None:
    ada = people["ada"]
    receiver.statuses = [500]
    made = make_endpoint(app, ada, receiver.url)
    delivery = ping(tx_as, ada, made.endpoint_id, clock)

    services = app.extensions["redress"]
    for number in range(1, 9):
        run_task(services, "webhooks.send", {"delivery_id": str(delivery), "number": number})
        if number <= len(PAUSES):
            at, args = planned(tx_as)[-1]
            assert args == {"delivery_id": str(delivery), "number": number + 1}
            pause = PAUSES[number - 1]
            assert pause <= at - clock.now() <= pause * 11 / 10
            clock.advance(pause)

    (told,) = log(tx_as, made.endpoint_id)
    assert (told.state, told.attempts, told.next_at) == ("failed", 8, None)
    assert [one.status for one in told.log] == [500] * 8
    assert told.log[0].answer == "thank you"
    assert set(receiver.ids()) == {f"msg_{delivery.hex}"}
    stamps = [call.headers["webhook-timestamp"] for call in receiver.heard]
    assert len(set(stamps)) == 8, "each attempt is signed anew"


def test_b171_a_receiver_that_comes_back_gets_what_it_missed(
    app: Any, people: Any, receiver: Receiver, tx_as: Any, run_jobs: Jobs, clock: FixedClock
) -> None:
    receiver.statuses = [500, 503, 302, 204]
    made = make_endpoint(app, people["ada"], receiver.url)
    ping(tx_as, people["ada"], made.endpoint_id, clock)

    services = app.extensions["redress"]
    for _ in range(4):
        at, args = planned(tx_as)[-1]
        clock.advance(max(at or clock.now(), clock.now()) - clock.now())
        run_task(services, "webhooks.send", args)

    (told,) = log(tx_as, made.endpoint_id)
    assert (told.state, [one.status for one in told.log]) == ("delivered", [500, 503, 302, 204])
    with tx_as(SYSTEM) as tx:
        assert endpoint_by_id(tx, SYSTEM, made.endpoint_id).failing_since is None


def test_b169_a_redirect_is_a_failure_and_is_not_followed(
    app: Any, people: Any, receiver: Receiver, tx_as: Any, clock: FixedClock
) -> None:
    receiver.statuses = [307]
    made = make_endpoint(app, people["ada"], receiver.url)
    delivery = ping(tx_as, people["ada"], made.endpoint_id, clock)

    run_task(
        app.extensions["redress"], "webhooks.send", {"delivery_id": str(delivery), "number": 1}
    )

    assert len(receiver.heard) == 1
    (told,) = log(tx_as, made.endpoint_id)
    assert (told.state, told.log[0].status) == ("waiting", 307)


def test_410_switches_the_endpoint_off_at_once_and_its_owner_is_told(
    app: Any, people: Any, receiver: Receiver, tx_as: Any, run_jobs: Jobs, clock: FixedClock
) -> None:
    receiver.statuses = [410]
    made = make_endpoint(app, people["ada"], receiver.url)
    ping(tx_as, people["ada"], made.endpoint_id, clock)

    run_jobs()

    assert len(receiver.heard) == 1
    with tx_as(SYSTEM) as tx:
        row = endpoint_by_id(tx, SYSTEM, made.endpoint_id)
        mails = tx.execute(
            text(
                "select address, values->>'change' from outgoing_mail where kind = 'account_notice'"
            )
        ).all()
    assert (row.state, row.reason) == ("disabled", "gone")
    assert ("ada@example.com", "webhook_disabled") in [tuple(mail) for mail in mails]
    assert log(tx_as, made.endpoint_id)[0].state == "failed"


def test_an_endpoint_that_failed_for_five_days_is_switched_off(
    app: Any, people: Any, receiver: Receiver, tx_as: Any, clock: FixedClock
) -> None:
    ada, services = people["ada"], app.extensions["redress"]
    receiver.statuses = [500]
    made = make_endpoint(app, ada, receiver.url)
    first = ping(tx_as, ada, made.endpoint_id, clock)
    run_task(services, "webhooks.send", {"delivery_id": str(first), "number": 1})
    clock.advance(GIVE_UP_AFTER - timedelta(seconds=1))
    second = ping(tx_as, ada, made.endpoint_id, clock)
    run_task(services, "webhooks.send", {"delivery_id": str(second), "number": 1})
    with tx_as(SYSTEM) as tx:
        assert endpoint_by_id(tx, SYSTEM, made.endpoint_id).state == "on"
        assert webhook_numbers(tx).failing == 1

    clock.advance(timedelta(seconds=1))
    run_task(services, "webhooks.send", {"delivery_id": str(second), "number": 2})

    with tx_as(SYSTEM) as tx:
        row = endpoint_by_id(tx, SYSTEM, made.endpoint_id)
        assert (row.state, row.reason) == ("disabled", "failing")
        assert webhook_numbers(tx).disabled == 1


def test_what_waits_when_an_endpoint_goes_off_is_not_sent_and_can_be_sent_again(
    app: Any, people: Any, receiver: Receiver, tx_as: Any, run_jobs: Jobs, clock: FixedClock
) -> None:
    ada = people["ada"]
    made = make_endpoint(app, ada, receiver.url)
    delivery = ping(tx_as, ada, made.endpoint_id, clock)
    with tx_as(ada.actor) as tx:
        switch_endpoint(tx, made.endpoint_id, ada.actor, clock, on=False)

    run_jobs()

    assert receiver.heard == []
    assert log(tx_as, made.endpoint_id)[0].state == "failed"
    with tx_as(ada.actor) as tx, pytest.raises(Refused):
        replay(tx, delivery, ada.actor, clock)
    with tx_as(ada.actor) as tx, pytest.raises(Refused):
        send_test(tx, made.endpoint_id, ada.actor, clock)
    with tx_as(ada.actor) as tx:
        switch_endpoint(tx, made.endpoint_id, ada.actor, clock, on=True)
        assert replay_failed(tx, made.endpoint_id, clock.now(), ada.actor, clock) == 1

    run_jobs()

    assert receiver.ids() == [f"msg_{delivery.hex}"]


def test_a_replay_has_the_same_id_and_a_new_signature(
    app: Any, people: Any, receiver: Receiver, tx_as: Any, run_jobs: Jobs, clock: FixedClock
) -> None:
    ada = people["ada"]
    made = make_endpoint(app, ada, receiver.url)
    delivery = ping(tx_as, ada, made.endpoint_id, clock)
    run_jobs()
    clock.advance(timedelta(seconds=90))

    with tx_as(ada.actor) as tx:
        replay(tx, delivery, ada.actor, clock)
        replay(tx, delivery, ada.actor, clock)
    run_jobs()

    first, second = receiver.heard
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    Webhook(made.secret).verify(second.body, second.headers)
    assert [one.number for one in log(tx_as, made.endpoint_id)[0].log] == [1, 2]


def test_failed_since_a_time_are_sent_again_and_only_those(
    app: Any, people: Any, receiver: Receiver, tx_as: Any, run_jobs: Jobs, clock: FixedClock
) -> None:
    ada = people["ada"]
    receiver.statuses = [500]
    made = make_endpoint(app, ada, receiver.url)
    begin = clock.now()
    old = ping(tx_as, ada, made.endpoint_id, clock)
    clock.advance(timedelta(minutes=1))
    new = ping(tx_as, ada, made.endpoint_id, clock)
    with tx_as(SYSTEM) as tx:
        tx.execute(
            text("update webhook_delivery set state = 'failed', ended_at = :now, next_at = null"),
            {"now": clock.now()},
        )
    run_jobs()
    receiver.statuses = [204]

    with tx_as(ada.actor) as tx:
        count = replay_failed(tx, made.endpoint_id, begin + timedelta(seconds=1), ada.actor, clock)
    run_jobs()

    assert count == 1
    assert receiver.ids() == [f"msg_{new.hex}"]
    states = {row.id: row.state for row in log(tx_as, made.endpoint_id)}
    assert states == {old: "failed", new: "delivered"}


def test_b153_unreachable_hosts_leave_no_time_and_one_word(
    app: Any, people: Any, receiver: Receiver, tx_as: Any, clock: FixedClock
) -> None:
    services = app.extensions["redress"]
    from app.infra.egress import Egress

    said = []
    for addresses in ([], ["10.0.0.1"], ["127.0.0.1"]):
        egress = Egress(resolve=lambda _host, _port, found=addresses: found)
        made = make_endpoint(app, people["ada"], "https://hooks.example/in")
        delivery = ping(tx_as, people["ada"], made.endpoint_id, clock)
        args = {"delivery_id": str(delivery), "number": 1}
        run_task(replace(services, egress=egress), "webhooks.send", args)
        (told,) = log(tx_as, made.endpoint_id)
        one = told.log[0]
        said.append((one.status, one.failure, one.took_ms, one.answer))

    assert set(said) == {(None, "unreachable", None, "")}


def test_an_attempt_that_was_noted_is_not_made_again(
    app: Any, people: Any, receiver: Receiver, tx_as: Any, clock: FixedClock
) -> None:
    made = make_endpoint(app, people["ada"], receiver.url)
    delivery = ping(tx_as, people["ada"], made.endpoint_id, clock)
    args = {"delivery_id": str(delivery), "number": 1}

    for _ in range(3):
        run_task(app.extensions["redress"], "webhooks.send", args)
    run_task(app.extensions["redress"], "webhooks.send", {"delivery_id": str(uuid4()), "number": 1})

    assert len(receiver.heard) == 1

    receiver.statuses = [500]
    waiting = ping(tx_as, people["ada"], made.endpoint_id, clock)
    for number in (1, 1, 3):
        args = {"delivery_id": str(waiting), "number": number}
        run_task(app.extensions["redress"], "webhooks.send", args)

    assert len(receiver.heard) == 2
    assert log(tx_as, made.endpoint_id)[0].attempts == 1


def test_old_deliveries_leave_the_log_and_over_secrets_the_table(
    app: Any, people: Any, receiver: Receiver, tx_as: Any, run_jobs: Jobs, clock: FixedClock
) -> None:
    ada = people["ada"]
    made = make_endpoint(app, ada, receiver.url)
    ping(tx_as, ada, made.endpoint_id, clock)
    run_jobs()
    with tx_as(ada.actor) as tx:
        vault = keys_from(app.extensions["redress"].settings).fields
        rotate_secret(tx, made.endpoint_id, ada.actor, clock, vault)

    services = app.extensions["redress"]
    run_task(services, "webhooks.sweep", {})
    assert len(log(tx_as, made.endpoint_id)) == 1
    clock.advance(KEPT + timedelta(seconds=1))
    run_task(services, "webhooks.sweep", {})

    assert log(tx_as, made.endpoint_id) == ()
    with tx_as(SYSTEM) as tx:
        places = tx.execute(text("select place from webhook_secret")).scalars().all()
        attempts = tx.execute(text("select count(*) from webhook_attempt")).scalar_one()
    assert (places, attempts) == (["newest"], 0)


def test_the_body_is_the_documented_one(
    app: Any, people: Any, receiver: Receiver, tx_as: Any, run_jobs: Jobs, clock: FixedClock
) -> None:
    made = make_endpoint(app, people["ada"], receiver.url)
    ping(tx_as, people["ada"], made.endpoint_id, clock)
    run_jobs()

    said = json.loads(receiver.heard[0].body)
    assert said["type"] == "ping"
    assert said["data"] == {"endpoint": str(made.endpoint_id)}
    assert set(said) == {"type", "timestamp", "data"}
