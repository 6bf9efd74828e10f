"""Whose turn it is: what happened in a case reaches an endpoint one after the other, the earlier first (B171).

A delivery that is not the first in its line gives its job away without an attempt; whoever ends wakes the next.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from app.infra.db.transaction import Tx
from app.infra.jobs import defer
from app.kernel.clock import Clock
from app.webhooks.models import WebhookDelivery
from app.webhooks.rules.plan import DeliveryState

SEND = "webhooks.send"
FORGOTTEN_AFTER = timedelta(hours=1)
"""A delivery that should have gone so long ago and waits has lost its job, or its turn came while nobody woke it."""
_D = WebhookDelivery
_ORDER = (_D.happened_at, _D.created_at, _D.id)


def plan_attempt(tx: Tx, delivery_id: UUID, number: int, at: datetime | None = None) -> None:
    """Queue one attempt, now or *at* a moment."""
    args = {"delivery_id": str(delivery_id), "number": number}
    defer(tx, SEND, args, at=at, lock=f"webhook:{delivery_id}")


def is_its_turn(tx: Tx, row: WebhookDelivery) -> bool:
    """False while something earlier of its case waits for the same endpoint; nothing without a case waits."""
    if row.case_id is None:
        return True
    _lock_line(tx, row)
    mine = (row.happened_at, row.created_at, row.id)
    return tx.execute(_waiting(row).where(tuple_(*_ORDER) < mine)).first() is None


def wake_next(tx: Tx, ended: WebhookDelivery) -> None:
    """Its place in the line is free: the next one may go."""
    if ended.case_id is None:
        return
    _lock_line(tx, ended)
    found = tx.execute(_waiting(ended).where(_D.id != ended.id)).first()
    if found is not None:
        plan_attempt(tx, found.id, found.attempts + 1)


def wake_forgotten(tx: Tx, clock: Clock) -> int:
    """Plan what is first in its line, should have gone an hour ago and still waits; how many.

    Safe to repeat: an attempt is made once.
    """
    line = func.coalesce(_D.case_id, _D.id)
    first = (
        select(_D.id, _D.attempts, _D.next_at)
        .where(_D.state == DeliveryState.WAITING)
        .ext(distinct_on(_D.endpoint_id, line))
        .order_by(_D.endpoint_id, line, *_ORDER)
        .subquery()
    )
    late = select(first).where(first.c.next_at < clock.now() - FORGOTTEN_AFTER)
    found = tx.execute(late).all()
    for row in found:
        plan_attempt(tx, row.id, row.attempts + 1)
    return len(found)


def _lock_line(tx: Tx, row: WebhookDelivery) -> None:
    """Who looks for its turn and who ends see each other: one at a time for an endpoint and case."""
    key = f"webhooks:{row.endpoint_id}:{row.case_id}"
    tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def _waiting(row: WebhookDelivery) -> Select[UUID, int]:
    return (
        select(_D.id, _D.attempts)
        .where(
            _D.endpoint_id == row.endpoint_id,
            _D.case_id == row.case_id,
            _D.state == DeliveryState.WAITING,
        )
        .order_by(*_ORDER)
        .limit(1)
    )
