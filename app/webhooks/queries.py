"""Endpoints and what they were told, as their owner or an administrator reads them; secrets never."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true, tuple_

from app.accounts.models import Person
from app.accounts.rules import Permission, may
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.kernel.words import words as _
from app.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from app.webhooks.rules.kinds import Kind
from app.webhooks.rules.plan import DeliveryState, EndpointState

PAGE = 50
_NEWEST_FIRST = (WebhookEndpoint.created_at.desc(), WebhookEndpoint.id.desc())


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """An endpoint in a list. *reason*: why it is disabled; *failing_since*: empty while all is well."""

    id: UUID
    person_id: UUID
    owner: str
    url: str
    kinds: tuple[Kind, ...]
    state: EndpointState
    reason: str
    failing_since: datetime | None
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class EndpointPage:
    """A page of the list, newest first; *next_cursor* is empty on the last."""

    rows: tuple[EndpointRow, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One call. *answer* is text of others."""

    number: int
    at: datetime
    status: int | None
    failure: str
    took_ms: int | None
    answer: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One thing told. *data*: identifiers; empty for others than the owner, and when they were withheld."""

    id: UUID
    endpoint_id: UUID
    kind: Kind
    data: dict[str, str]
    happened_at: datetime
    state: DeliveryState
    attempts: int
    next_at: datetime | None
    ended_at: datetime | None
    log: tuple[AttemptRow, ...]


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """A page of the log, newest first."""

    rows: tuple[DeliveryRow, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class Listening:
    """An endpoint that is on, and in whose name."""

    endpoint_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class WebhookNumbers:
    """For the page of health: endpoints that are on, that fail now, that were given up; deliveries that wait."""

    on: int
    failing: int
    disabled: int
    waiting: int


def _scope(actor: Actor) -> ColumnElement[bool]:
    """Endpoints that exist for *actor*: one's own; all of them for administrators and the system."""
    if may(actor, Permission.WEBHOOK_MANAGE):
        return true()
    return WebhookEndpoint.person_id == actor.person_id if actor.is_person else false()


def _endpoints(actor: Actor) -> Select[WebhookEndpoint, str]:
    return (
        select(WebhookEndpoint, Person.name)
        .join(Person, Person.id == WebhookEndpoint.person_id)
        .where(WebhookEndpoint.removed_at.is_(None), _scope(actor))
    )


def endpoints_of(tx: Tx, actor: Actor, *, person_id: UUID | None = None) -> tuple[EndpointRow, ...]:
    """All endpoints that *actor* may see, newest first; of one person, who has ten at most, when named."""
    query = _endpoints(actor)
    if person_id is not None:
        query = query.where(WebhookEndpoint.person_id == person_id)
    found = tx.execute(query.order_by(*_NEWEST_FIRST))
    return tuple(_endpoint_row(row, name) for row, name in found)


def endpoint_page(tx: Tx, actor: Actor, cursor: str = "", *, limit: int = PAGE) -> EndpointPage:
    """Endpoints that *actor* may see, newest first. One statement. Raises `Invalid` for a cursor that is none."""
    query = _endpoints(actor)
    if cursor:
        query = query.where(tuple_(WebhookEndpoint.created_at, WebhookEndpoint.id) < _place(cursor))
    found = tx.execute(query.order_by(*_NEWEST_FIRST).limit(limit + 1)).all()
    rows = tuple(_endpoint_row(row, name) for row, name in found[:limit])
    return EndpointPage(rows, _after(rows[-1]) if len(found) > limit else "")


def endpoint_by_id(tx: Tx, actor: Actor, endpoint_id: UUID) -> EndpointRow:
    """One of them. Raises `NotFound`."""
    found = tx.execute(_endpoints(actor).where(WebhookEndpoint.id == endpoint_id)).first()
    if found is None:
        raise NotFound("webhook")
    return _endpoint_row(*found)


def endpoint_of(tx: Tx, actor: Actor, delivery_id: UUID) -> UUID:
    """Whose log a delivery stands in. Raises `NotFound`."""
    found = tx.execute(
        select(WebhookDelivery.endpoint_id).where(WebhookDelivery.id == delivery_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("delivery")
    return endpoint_by_id(tx, actor, found).id


def deliveries_of(
    tx: Tx, actor: Actor, endpoint_id: UUID, cursor: str = "", *, limit: int = PAGE
) -> DeliveryPage:
    """The log of an endpoint with every attempt, newest first. Two statements after the endpoint's.

    Raises `NotFound`, `Invalid` for a cursor that is none.
    """
    endpoint = endpoint_by_id(tx, actor, endpoint_id)
    query = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id)
    if cursor:
        query = query.where(tuple_(WebhookDelivery.created_at, WebhookDelivery.id) < _place(cursor))
    order = (WebhookDelivery.created_at.desc(), WebhookDelivery.id.desc())
    rows = list(tx.execute(query.order_by(*order).limit(limit + 1)).scalars())
    shown = rows[:limit]
    log = _attempts(tx, [row.id for row in shown])
    is_own = actor.is_system or endpoint.person_id == actor.person_id
    following = _after(shown[-1]) if len(rows) > limit else ""
    return DeliveryPage(
        tuple(_delivery_row(row, tuple(log.get(row.id, ())), is_own=is_own) for row in shown), following
    )  # fmt: skip


def listening_to(tx: Tx, kind: Kind) -> tuple[Listening, ...]:
    """Endpoints that are on and want *kind*, whoever owns them: for the system, which then asks what they may see."""
    rows = tx.execute(
        select(WebhookEndpoint.id, WebhookEndpoint.person_id).where(
            WebhookEndpoint.state == EndpointState.ON,
            WebhookEndpoint.removed_at.is_(None),
            WebhookEndpoint.kinds.contains([kind.value]),
        )
    )
    return tuple(Listening(row.id, row.person_id) for row in rows)


def webhook_numbers(tx: Tx) -> WebhookNumbers:
    """How webhooks do, in one statement."""
    on = and_(WebhookEndpoint.state == EndpointState.ON, WebhookEndpoint.removed_at.is_(None))
    waiting = select(func.count()).where(WebhookDelivery.state == DeliveryState.WAITING)
    row = tx.execute(
        select(
            func.count().filter(on),
            func.count().filter(and_(on, WebhookEndpoint.failing_since.is_not(None))),
            func.count().filter(WebhookEndpoint.state == EndpointState.DISABLED),
            waiting.scalar_subquery(),
        ).where(or_(on, WebhookEndpoint.state == EndpointState.DISABLED))
    ).one()
    return WebhookNumbers(*row)


def _after(row: EndpointRow | WebhookDelivery) -> str:
    return f"{row.created_at.isoformat()}|{row.id}"


def _place(cursor: str) -> tuple[datetime, UUID]:
    at, _bar, key = cursor.partition("|")
    try:
        return datetime.fromisoformat(at), UUID(key)
    except ValueError:
        raise Invalid(
            "cursor", "cursor", _("This page is not there. Begin with the first.")
        ) from None


def _attempts(tx: Tx, ids: list[UUID]) -> dict[UUID, list[AttemptRow]]:
    found: dict[UUID, list[AttemptRow]] = {}
    if ids:
        query = select(WebhookAttempt).where(WebhookAttempt.delivery_id.in_(ids))
        order = (WebhookAttempt.delivery_id, WebhookAttempt.number)
        for row in tx.execute(query.order_by(*order)).scalars():
            one = AttemptRow(row.number, row.at, row.status, row.failure, row.took_ms, row.answer)
            found.setdefault(row.delivery_id, []).append(one)
    return found


def _endpoint_row(row: WebhookEndpoint, name: str) -> EndpointRow:
    return EndpointRow(
        row.id, row.person_id, name, row.url, tuple(Kind(kind) for kind in row.kinds),
        EndpointState(row.state), row.reason, row.failing_since, row.created_at, row.version,
    )  # fmt: skip


def _delivery_row(
    row: WebhookDelivery, log: tuple[AttemptRow, ...], *, is_own: bool
) -> DeliveryRow:
    hidden = not is_own or row.state == DeliveryState.WITHHELD
    return DeliveryRow(
        row.id, row.endpoint_id, Kind(row.kind), {} if hidden else dict(row.data), row.happened_at,
        DeliveryState(row.state), row.attempts, row.next_at, row.ended_at, log,
    )  # fmt: skip
