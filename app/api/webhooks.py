"""One's own webhooks: made, listed, removed, rotated, tested, their log, sent again.

Neither making nor rotating takes an `Idempotency-Key`: the answer would be kept, and with it the secret.
"""

from __future__ import annotations

from uuid import UUID

from app.accounts.adapters.vault import keys_from
from app.accounts.rules import Permission, Scope
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.paging import cursor_in, cursor_to, placed
from app.api.frame.spec import WRITES, answers
from app.api.frame.versions import require_seen
from app.api.shapes import webhooks as shapes
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.webhooks.commands import ChangeEndpoint, CreateEndpoint
from app.webhooks.queries import deliveries_of, endpoint_by_id, endpoints_of
from app.webhooks.rules.kinds import CHOOSABLE, Kind
from app.webhooks.service.deliveries import replay, replay_failed, send_test
from app.webhooks.service.endpoints import (
    Gate,
    change_endpoint,
    create_endpoint,
    remove_endpoint,
    rotate_secret,
)

TAG = "webhooks"
_OWN, _PARTY = Permission.WEBHOOK_OWN, Permission.PARTY_WEBHOOK
_READ, _WRITE = Scope.WEBHOOKS_READ, Scope.WEBHOOKS_WRITE


@bp.get("/webhooks")
@needs(_READ, _OWN, other=_PARTY)
@answers(shapes.Webhooks, tag=TAG)
def webhooks_list() -> shapes.Webhooks:
    """List your webhooks, the newest first."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        rows = endpoints_of(tx, actor, person_id=actor.person_id)
    return shapes.Webhooks(items=[shapes.Webhook.of(row) for row in rows])


@bp.post("/webhooks")
@needs(_WRITE, _OWN, other=_PARTY)
@answers(shapes.WebhookSecret, status=201, tag=TAG, also=WRITES)
def webhook_make(json: shapes.MakeWebhook) -> tuple[shapes.WebhookSecret, int]:
    """Make a webhook; its secret is in the answer, this once.

    It is told only what you may see, when it happens and again when it is sent.
    """
    actor = bearer()
    command = CreateEndpoint(_person(actor), json.url, _kinds(json.kinds))
    with transaction(actor) as tx:
        made = create_endpoint(tx, command, actor, services().clock, _gate())
    return shapes.WebhookSecret(id=made.endpoint_id, secret=made.secret), 201


@bp.get("/webhooks/<uuid:endpoint_id>")
@needs(_READ, _OWN, other=_PARTY, on="webhook")
@answers(shapes.Webhook, tag=TAG)
def webhook_show(endpoint_id: UUID) -> shapes.Webhook:
    """Read one."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        return shapes.Webhook.of(endpoint_by_id(tx, actor, endpoint_id))


@bp.put("/webhooks/<uuid:endpoint_id>")
@needs(_WRITE, _OWN, other=_PARTY, on="webhook")
@answers(shapes.Webhook, tag=TAG, also=(*WRITES, 428))
def webhook_change(endpoint_id: UUID, json: shapes.MakeWebhook) -> shapes.Webhook:
    """Change its address and kinds; its secret and its log stay."""
    actor = bearer()
    with transaction(actor) as tx:
        row = endpoint_by_id(tx, actor, endpoint_id)
        require_seen(shapes.Webhook.of(row))
        command = ChangeEndpoint(endpoint_id, json.url, _kinds(json.kinds), row.version)
        change_endpoint(tx, command, actor, services().clock, _gate())
        return shapes.Webhook.of(endpoint_by_id(tx, actor, endpoint_id))


@bp.delete("/webhooks/<uuid:endpoint_id>")
@needs(_WRITE, _OWN, other=_PARTY, on="webhook")
@answers(shapes.Webhook, tag=TAG, also=WRITES)
def webhook_remove(endpoint_id: UUID) -> shapes.Webhook:
    """Remove one: it is called no more. The answer is what it was."""
    actor = bearer()
    with transaction(actor) as tx:
        row = endpoint_by_id(tx, actor, endpoint_id)
        remove_endpoint(tx, endpoint_id, actor, services().clock)
    return shapes.Webhook.of(row)


@bp.post("/webhooks/<uuid:endpoint_id>/secret")
@needs(_WRITE, _OWN, other=_PARTY, on="webhook")
@answers(shapes.WebhookSecret, status=201, tag=TAG, also=WRITES)
def webhook_rotate(endpoint_id: UUID) -> tuple[shapes.WebhookSecret, int]:
    """Get a new secret. The one before signs beside it for 24 hours."""
    actor = bearer()
    with transaction(actor) as tx:
        made = rotate_secret(tx, endpoint_id, actor, services().clock, _gate().vault)
    return shapes.WebhookSecret(id=made.endpoint_id, secret=made.secret), 201


@bp.post("/webhooks/<uuid:endpoint_id>/test")
@needs(_WRITE, _OWN, other=_PARTY, on="webhook")
@answers(shapes.Queued, status=202, tag=TAG, also=WRITES)
def webhook_test(endpoint_id: UUID) -> tuple[shapes.Queued, int]:
    """Send a `ping`; the log shows how it went."""
    actor = bearer()
    with transaction(actor) as tx:
        send_test(tx, endpoint_id, actor, services().clock)
    return shapes.Queued(queued=1), 202


@bp.get("/webhooks/<uuid:endpoint_id>/deliveries")
@needs(_READ, _OWN, other=_PARTY, on="webhook")
@answers(shapes.Deliveries, tag=TAG)
def webhook_deliveries(endpoint_id: UUID, query: shapes.DeliveriesQuery) -> shapes.Deliveries:
    """Read the log with every attempt, the newest first; kept for 30 days."""
    actor, place = bearer(), cursor_in(query) or ""
    with transaction(actor, read_only=True) as tx, placed():
        page = deliveries_of(tx, actor, endpoint_id, place)
    items = [shapes.Delivery.of(row) for row in page.rows]
    return shapes.Deliveries(items=items, next_cursor=cursor_to(query, page.next_cursor))


@bp.post("/webhooks/<uuid:endpoint_id>/replay")
@needs(_WRITE, _OWN, other=_PARTY, on="webhook")
@answers(shapes.Queued, status=202, tag=TAG, also=WRITES)
def webhook_replay_failed(endpoint_id: UUID, json: shapes.SendAgain) -> tuple[shapes.Queued, int]:
    """Send everything again that failed since a moment, at most 500, the oldest first."""
    actor = bearer()
    with transaction(actor) as tx:
        count = replay_failed(tx, endpoint_id, json.failed_since, actor, services().clock)
    return shapes.Queued(queued=count), 202


@bp.post("/webhooks/deliveries/<uuid:delivery_id>/replay")
@needs(_WRITE, _OWN, other=_PARTY, on="delivery")
@answers(shapes.Queued, status=202, tag=TAG, also=WRITES)
def webhook_replay(delivery_id: UUID) -> tuple[shapes.Queued, int]:
    """Send one again under the same `webhook-id`, delivered or not."""
    actor = bearer()
    with transaction(actor) as tx:
        replay(tx, delivery_id, actor, services().clock)
    return shapes.Queued(queued=1), 202


def _person(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise NotFound
    return actor.person_id


def _gate() -> Gate:
    settings = services().settings
    return Gate(keys_from(settings).fields, settings.webhook_loopback)


def _kinds(names: list[str]) -> frozenset[Kind]:
    known = {kind.value: kind for kind in CHOOSABLE}
    for name in names:
        if name not in known:
            words = _("There is no kind “%(name)s”. There are: %(all)s.", name=name[:40], all=", ".join(known))  # fmt: skip
            raise Invalid("kinds", "unknown", words)
    return frozenset(known[name] for name in names)
