"""Deliveries: announced, sent, noted, replayed. Each attempt is a job of its own, so a dead worker loses none."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.adapters.vault import Vault
from app.infra.db.transaction import Tx, house
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound, Refused
from app.kernel.words import words as _
from app.webhooks.commands import Announce
from app.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from app.webhooks.rules.kinds import Kind
from app.webhooks.rules.plan import (
    KEPT,
    DeliveryState,
    EndpointState,
    Outcome,
    gives_up,
    next_attempt,
    shown_answer,
)
from app.webhooks.rules.signing import body_of, headers_of, webhook_id
from app.webhooks.service.endpoints import disable_endpoint, endpoint_for, live_secrets
from app.webhooks.service.turns import SEND, is_its_turn, plan_attempt, wake_next

AGAIN_MOST = 500
"""Deliveries that one press of "send again" takes, the oldest first."""


@dataclass(frozen=True, slots=True)
class Due:
    """An attempt that is to be made now, in the name of *person_id*."""

    id: UUID
    number: int
    person_id: UUID
    kind: Kind
    case_id: UUID | None
    data: dict[str, str]
    url: str
    headers: dict[str, str]
    body: bytes


def announce(tx: Tx, command: Announce, endpoint_ids: list[UUID], clock: Clock) -> int:
    """Queue one delivery for each of the endpoints. Safe to repeat: one an endpoint and event. How many are new."""
    made = 0
    for endpoint_id in endpoint_ids:
        row = insert(WebhookDelivery).values(
            id=uuid4(), endpoint_id=endpoint_id, event_id=command.event_id, kind=command.kind.value,
            case_id=command.case_id, data=command.data, happened_at=command.happened_at,
            state=DeliveryState.WAITING, tries=0, attempts=0, created_at=clock.now(),
            next_at=clock.now(),
        )  # fmt: skip
        added = tx.execute(
            row.on_conflict_do_nothing(index_elements=["endpoint_id", "event_id"]).returning(
                WebhookDelivery.id
            )
        ).scalar_one_or_none()
        if added is not None:
            plan_attempt(tx, added, 1)
            made += 1
    return made


def send_test(tx: Tx, endpoint_id: UUID, actor: Actor, clock: Clock) -> UUID:
    """A ping through the queue, like everything else. Raises `NotFound`, `Refused` while it is off."""
    with house(tx):
        row = _on(tx, endpoint_id, actor)
        now = clock.now()
        ping = WebhookDelivery(
            id=uuid4(), endpoint_id=row.id, kind=Kind.PING.value, data={"endpoint": str(row.id)},
            happened_at=now, state=DeliveryState.WAITING, tries=0, attempts=0, created_at=now,
            next_at=now,
        )  # fmt: skip
        tx.add(ping)
        tx.flush()
        plan_attempt(tx, ping.id, 1)
    return ping.id


def replay(tx: Tx, delivery_id: UUID, actor: Actor, clock: Clock) -> None:
    """Send one again, delivered or not, under the same `webhook-id`, with all attempts anew.

    One that waits is left to its plan. Raises `NotFound`, `Refused` while the endpoint is off.
    """
    with house(tx):
        row = _locked(tx, delivery_id)
        if row is None:
            raise NotFound("delivery")
        _on(tx, row.endpoint_id, actor)
        if row.state != DeliveryState.WAITING:
            _again(tx, row, clock)


def replay_failed(tx: Tx, endpoint_id: UUID, since: datetime, actor: Actor, clock: Clock) -> int:
    """Send everything again that failed and happened at or after *since*, oldest first; how many. As `replay`."""
    with house(tx):
        _on(tx, endpoint_id, actor)
        rows = tx.execute(
            select(WebhookDelivery)
            .where(
                WebhookDelivery.endpoint_id == endpoint_id,
                WebhookDelivery.state == DeliveryState.FAILED,
                WebhookDelivery.happened_at >= since,
            )
            .order_by(WebhookDelivery.happened_at, WebhookDelivery.id)
            .limit(AGAIN_MOST)
            .with_for_update()
        ).scalars()
        found = list(rows)
        for row in found:
            _again(tx, row, clock)
    return len(found)


def take_delivery(tx: Tx, delivery_id: UUID, number: int, clock: Clock, vault: Vault) -> Due | None:
    """What to send now; None when this attempt was made, something earlier of the case waits, or the endpoint is
    off, which ends the delivery.
    """
    row = _locked(tx, delivery_id)
    if row is None or row.state != DeliveryState.WAITING or row.attempts + 1 != number:
        return None
    endpoint = tx.get_one(WebhookEndpoint, row.endpoint_id)
    if endpoint.state != EndpointState.ON:
        _end(tx, row, DeliveryState.FAILED, clock)
        return None
    if not is_its_turn(tx, row):
        return None
    kind = Kind(row.kind)
    body = body_of(kind, row.happened_at, row.data)
    signed = live_secrets(tx, endpoint.id, clock, vault)
    headers = headers_of(signed, webhook_id(row.id), clock.now(), body)
    return Due(
        row.id, number, endpoint.person_id, kind, row.case_id, dict(row.data), endpoint.url, headers, body
    )  # fmt: skip


def withhold(tx: Tx, due: Due, clock: Clock) -> None:
    """The owner may not see it any more: nothing is sent (B173, B174)."""
    row = _locked(tx, due.id)
    if row is not None and row.state == DeliveryState.WAITING:
        _end(tx, row, DeliveryState.WITHHELD, clock)


def note_attempt(tx: Tx, due: Due, outcome: Outcome, began: datetime, clock: Clock) -> None:
    """Write down how it went, and plan the next attempt or none. A second note of one attempt changes nothing."""
    row = _locked(tx, due.id)
    if row is None or row.state != DeliveryState.WAITING or row.attempts + 1 != due.number:
        return
    row.attempts, row.tries = row.attempts + 1, row.tries + 1
    tx.add(
        WebhookAttempt(
            delivery_id=row.id, number=row.attempts, at=began, status=outcome.status,
            failure=outcome.failure, took_ms=outcome.took_ms, answer=shown_answer(outcome.answer),
        )
    )  # fmt: skip
    endpoint = tx.execute(
        select(WebhookEndpoint).where(WebhookEndpoint.id == row.endpoint_id).with_for_update()
    ).scalar_one()
    if outcome.is_good:
        endpoint.failing_since = None
        _end(tx, row, DeliveryState.DELIVERED, clock)
        return
    endpoint.failing_since = endpoint.failing_since or began
    _plan(tx, row, clock, gone=outcome.says_gone)
    reason = gives_up(endpoint.failing_since, clock.now(), outcome)
    if reason is not None and endpoint.state == EndpointState.ON:
        disable_endpoint(tx, endpoint, reason.value, Actor.system(f"job:{SEND}"), clock)


def forget_old(tx: Tx, clock: Clock) -> None:
    """Ended deliveries leave the log after thirty days, with their attempts. Safe to repeat."""
    tx.execute(delete(WebhookDelivery).where(WebhookDelivery.ended_at < clock.now() - KEPT))


def _plan(tx: Tx, row: WebhookDelivery, clock: Clock, *, gone: bool) -> None:
    at = None if gone else next_attempt(row.tries, clock.now(), secrets.randbelow(101))
    if at is None:
        _end(tx, row, DeliveryState.FAILED, clock)
        return
    row.next_at = at
    plan_attempt(tx, row.id, row.attempts + 1, at)


def _again(tx: Tx, row: WebhookDelivery, clock: Clock) -> None:
    row.state, row.tries, row.ended_at, row.next_at = DeliveryState.WAITING, 0, None, clock.now()
    plan_attempt(tx, row.id, row.attempts + 1)


def _end(tx: Tx, row: WebhookDelivery, state: DeliveryState, clock: Clock) -> None:
    row.state, row.ended_at, row.next_at = state, clock.now(), None
    tx.flush()
    wake_next(tx, row)


def _locked(tx: Tx, delivery_id: UUID) -> WebhookDelivery | None:
    query = select(WebhookDelivery).where(WebhookDelivery.id == delivery_id)
    return tx.execute(query.with_for_update()).scalar_one_or_none()


def _on(tx: Tx, endpoint_id: UUID, actor: Actor) -> WebhookEndpoint:
    row = endpoint_for(tx, endpoint_id, actor)
    if row.state != EndpointState.ON:
        raise Refused("webhook_off", _("This webhook is off. Switch it on first."))
    return row
