"""Idempotency keys: the key is claimed in the transaction of the effect, the answer is added after (I16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from app.infra.db.transaction import Tx
from app.kernel.clock import Clock

_KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Claim:
    """Who sent which key with what: *client* is a person or a session, *digest* covers address and body."""

    client: str
    key: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What the first request was told; *status* is None while it is not known yet."""

    digest: bytes
    status: int | None
    location: str | None
    body: str | None


def claim_key(tx: Tx, claim: Claim, clock: Clock) -> bool:
    """Store the key with the effect, if this transaction changed anything at all; whether it did.

    A second claim of the same key waits for the first and then breaks its whole transaction.
    """
    added = tx.execute(
        text(
            "insert into idempotency_key (client, key, request_hash, created_at) "
            "select :client, :key, :digest, :now where pg_current_xact_id_if_assigned() is not null "
            "returning key"
        ),
        {"client": claim.client, "key": claim.key, "digest": claim.digest, "now": clock.now()},
    )
    return added.first() is not None


def stored_answer(tx: Tx, claim: Claim, clock: Clock) -> StoredAnswer | None:
    """What is known about this key of this client; keys are kept for 24 hours."""
    row = tx.execute(
        text(
            "select request_hash, status, location, body from idempotency_key "
            "where client = :client and key = :key and created_at > :since"
        ),
        {"client": claim.client, "key": claim.key, "since": clock.now() - _KEPT},
    ).one_or_none()
    return (
        None if row is None else StoredAnswer(row.request_hash, row.status, row.location, row.body)
    )


def store_answer(tx: Tx, claim: Claim, status: int, location: str | None, body: str | None) -> None:
    """Add the answer to a claimed key; without a claim nothing happens."""
    tx.execute(
        text(
            "update idempotency_key set status = :status, location = :location, body = :body "
            "where client = :client and key = :key"
        ),
        {
            "status": status,
            "location": location,
            "body": body,
            "client": claim.client,
            "key": claim.key,
        },
    )


def forget_old_keys(tx: Tx, clock: Clock) -> None:
    """Delete keys older than a day. Safe to repeat."""
    tx.execute(
        text("delete from idempotency_key where created_at < :since"),
        {"since": clock.now() - _KEPT},
    )
