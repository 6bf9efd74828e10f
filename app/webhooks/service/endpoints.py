"""Endpoints: made, changed, switched, removed; their secrets made, shown once and rotated."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select

from app.accounts.adapters.vault import Vault
from app.accounts.events import AccountNoticeRaised
from app.accounts.queries import person_contact
from app.accounts.rules import Permission, PersonStatus, may
from app.history.service import record
from app.infra.db.transaction import Tx, house
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.urls import web_address
from app.kernel.words import words as _
from app.webhooks.commands import ChangeEndpoint, CreateEndpoint
from app.webhooks.models import WebhookEndpoint, WebhookSecret
from app.webhooks.rules.kinds import CHOOSABLE, Kind
from app.webhooks.rules.plan import ENDPOINTS_MOST, EndpointState
from app.webhooks.rules.signing import OVERLAP, SECRET_BYTES, secret_text

PURPOSE = "webhook:secret"
_NEWEST, _OLDER = "newest", "older"


@dataclass(frozen=True, slots=True)
class Gate:
    """What endpoints need of the installation: its key for fields, and whether this machine may be called."""

    vault: Vault
    loopback: bool = False


@dataclass(frozen=True, slots=True)
class NewSecret:
    """*secret* is the whole of it: it is shown now and never again."""

    endpoint_id: UUID
    secret: str


def create_endpoint(
    tx: Tx, command: CreateEndpoint, actor: Actor, clock: Clock, gate: Gate
) -> NewSecret:
    """An endpoint of oneself; administrators and the system make them for others, who are told by mail.

    Raises `Forbidden`, `NotFound` (no such active person), `Invalid` (`url`, `kinds`), `Refused` (too many).
    """
    is_own = actor.person_id == command.person_id and has_own(actor)
    if not (is_own or may(actor, Permission.WEBHOOK_MANAGE)):
        raise Forbidden(code="not_yours")
    web_address(command.url, loopback=gate.loopback)
    kinds = _kinds(command.kinds)
    with house(tx):
        _require_room(tx, command.person_id)
        row = WebhookEndpoint(
            id=uuid4(), person_id=command.person_id, url=command.url, kinds=kinds,
            state=EndpointState.ON, reason="", created_by=actor.person_id, created_at=clock.now(),
            version=1,
        )  # fmt: skip
        tx.add(row)
        tx.flush()
        secret = _new_secret(tx, row.id, clock, gate.vault)
        data = {"person": str(row.person_id), "kinds": kinds}
        _note(tx, row, "created", actor, clock, data)
        if not is_own:
            _tell_owner(tx, row.person_id, "webhook_added")
    return NewSecret(row.id, secret)


def has_own(actor: Actor) -> bool:
    """Parties and staff; who sees no case by role has nothing to be told."""
    return may(actor, Permission.WEBHOOK_OWN) or may(actor, Permission.PARTY_WEBHOOK)


def change_endpoint(
    tx: Tx, command: ChangeEndpoint, actor: Actor, clock: Clock, gate: Gate
) -> None:
    """Another address or other kinds; an owner hears by mail of an address that somebody else entered.

    Raises `NotFound`, `Stale`, `Invalid`.
    """
    web_address(command.url, loopback=gate.loopback)
    kinds = _kinds(command.kinds)
    with house(tx):
        row = _changeable(tx, command.endpoint_id, actor)
        if row.version != command.version:
            raise Stale(_("Somebody changed it first. Read it again."), version=row.version)
        is_moved = row.url != command.url
        row.url, row.kinds, row.version = command.url, kinds, row.version + 1
        row.failing_since = None if is_moved else row.failing_since
        _note(tx, row, "changed", actor, clock, {"kinds": kinds, "moved": is_moved})
        if is_moved and actor.person_id != row.person_id:
            _tell_owner(tx, row.person_id, "webhook_added")


def switch_endpoint(tx: Tx, endpoint_id: UUID, actor: Actor, clock: Clock, *, on: bool) -> None:
    """On or off. On also brings a disabled one back. Safe to repeat. Raises `NotFound`."""
    state = EndpointState.ON if on else EndpointState.OFF
    with house(tx):
        row = _changeable(tx, endpoint_id, actor)
        if row.state == state:
            return
        row.state, row.reason, row.failing_since = state, "", None
        row.version += 1
        _note(tx, row, f"switched_{state.value}", actor, clock)


def remove_endpoint(tx: Tx, endpoint_id: UUID, actor: Actor, clock: Clock) -> None:
    """It is called no more and is in no list; its secrets are gone. Raises `NotFound`."""
    with house(tx):
        row = _changeable(tx, endpoint_id, actor)
        row.state, row.reason, row.removed_at = EndpointState.OFF, "", clock.now()
        row.version += 1
        tx.execute(delete(WebhookSecret).where(WebhookSecret.endpoint_id == endpoint_id))
        _note(tx, row, "removed", actor, clock)


def rotate_secret(tx: Tx, endpoint_id: UUID, actor: Actor, clock: Clock, vault: Vault) -> NewSecret:
    """A new secret. The one before signs beside it for 24 hours; one older still ends at once. Raises `NotFound`.

    Who rotates somebody else's knows the secret from then on: its owner is told by mail.
    """
    with house(tx):
        row = _changeable(tx, endpoint_id, actor)
        known = {one.place: one for one in _secrets(tx, endpoint_id)}
        newest, older = known[_NEWEST], known.get(_OLDER)
        if older is None:
            older = WebhookSecret(endpoint_id=endpoint_id, place=_OLDER)
            tx.add(older)
        older.sealed, older.made_at = newest.sealed, newest.made_at
        older.ends_at = clock.now() + OVERLAP
        secret = secret_text(secrets.token_bytes(SECRET_BYTES))
        newest.sealed, newest.made_at = vault.seal(PURPOSE, secret), clock.now()
        row.version += 1
        _note(tx, row, "rotated", actor, clock, {"older_until": older.ends_at.isoformat()})
        if actor.person_id != row.person_id:
            _tell_owner(tx, row.person_id, "webhook_rotated")
    return NewSecret(endpoint_id, secret)


def live_secrets(tx: Tx, endpoint_id: UUID, clock: Clock, vault: Vault) -> list[str]:
    """What signs now, the newest first. Raises `RuntimeError` when the field key cannot open it."""
    found = []
    for row in sorted(_secrets(tx, endpoint_id), key=lambda one: one.place):
        if row.ends_at is None or row.ends_at > clock.now():
            opened = vault.unseal(PURPOSE, row.sealed)
            if opened is None:
                raise RuntimeError("a webhook secret cannot be opened with this field key")
            found.append(opened)
    return found


def disable_endpoint(tx: Tx, row: WebhookEndpoint, reason: str, actor: Actor, clock: Clock) -> None:
    """Give it up and tell its owner by mail (B171)."""
    row.state, row.reason = EndpointState.DISABLED, reason
    row.version += 1
    _note(tx, row, "disabled", actor, clock, {"reason": reason})
    _tell_owner(tx, row.person_id, "webhook_disabled")


def endpoint_for(tx: Tx, endpoint_id: UUID, actor: Actor) -> WebhookEndpoint:
    """An endpoint that *actor* may change, locked; for the services of this room. Raises `NotFound`."""
    return _changeable(tx, endpoint_id, actor)


def _changeable(tx: Tx, endpoint_id: UUID, actor: Actor) -> WebhookEndpoint:
    query = select(WebhookEndpoint).where(
        WebhookEndpoint.id == endpoint_id, WebhookEndpoint.removed_at.is_(None)
    )
    row = tx.execute(query.with_for_update()).scalar_one_or_none()
    is_own = row is not None and actor.is_person and row.person_id == actor.person_id
    if row is None or not (is_own or may(actor, Permission.WEBHOOK_MANAGE)):
        raise NotFound("webhook")
    return row


def _kinds(wanted: frozenset[Kind]) -> list[str]:
    if not wanted or not wanted <= set(CHOOSABLE):
        raise Invalid("kinds", "required", _("Choose at least one."))
    return [kind.value for kind in CHOOSABLE if kind in wanted]


def _require_room(tx: Tx, person_id: UUID) -> None:
    if person_contact(tx, person_id).status != PersonStatus.ACTIVE:
        raise NotFound("person")
    tx.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"webhooks:{person_id}", 0)))
    )
    live = select(func.count()).where(
        WebhookEndpoint.person_id == person_id, WebhookEndpoint.removed_at.is_(None)
    )
    if tx.execute(live).scalar_one() >= ENDPOINTS_MOST:
        words = _("There are %(most)s webhooks already. Remove one first.", most=ENDPOINTS_MOST)
        raise Refused("too_many", words)


def _new_secret(tx: Tx, endpoint_id: UUID, clock: Clock, vault: Vault) -> str:
    secret = secret_text(secrets.token_bytes(SECRET_BYTES))
    tx.add(
        WebhookSecret(
            endpoint_id=endpoint_id, place=_NEWEST, sealed=vault.seal(PURPOSE, secret),
            made_at=clock.now(),
        )
    )  # fmt: skip
    tx.flush()
    return secret


def _secrets(tx: Tx, endpoint_id: UUID) -> list[WebhookSecret]:
    query = select(WebhookSecret).where(WebhookSecret.endpoint_id == endpoint_id)
    return list(tx.execute(query.with_for_update()).scalars())


def _tell_owner(tx: Tx, person_id: UUID, kind: str) -> None:
    emit(tx, AccountNoticeRaised(None, person_id, person_contact(tx, person_id).email, kind))


def _note(
    tx: Tx,
    row: WebhookEndpoint,
    what: str,
    actor: Actor,
    clock: Clock,
    data: Mapping[str, object] | None = None,
) -> None:
    tx.flush()
    record(
        tx, actor, clock, verb=f"webhook.{what}", subject=("webhook_endpoint", row.id),
        data=dict(data or {}),
    )  # fmt: skip


def forget_ended_secrets(tx: Tx, clock: Clock) -> None:
    """Older secrets whose time is over leave nothing behind. Safe to repeat."""
    over = (WebhookSecret.place == _OLDER, WebhookSecret.ends_at <= clock.now())
    tx.execute(delete(WebhookSecret).where(*over))
