"""How a call is written and signed: Standard Webhooks, symmetric form (`v1`, HMAC-SHA256).

Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.webhooks.rules.kinds import IDS, Kind

MARK = "whsec_"
"""The first letters of every secret, so that leaked ones are recognised."""
SECRET_BYTES = 32
OVERLAP = timedelta(hours=24)
"""How long the older secret still signs after a rotation, beside the newer one."""


def secret_text(key: bytes) -> str:
    """The secret as its owner gets it. Raises ValueError for a key that is too short or too long."""
    if not 24 <= len(key) <= 64:
        raise ValueError("a secret has 24 to 64 bytes")
    return MARK + base64.b64encode(key).decode()


def key_of(secret: str) -> bytes:
    """The bytes that sign. Raises ValueError for text that is no secret of ours."""
    if not secret.startswith(MARK):
        raise ValueError("not a webhook secret")
    return base64.b64decode(secret.removeprefix(MARK), validate=True)


def webhook_id(delivery_id: UUID) -> str:
    """The same for every attempt and replay of one delivery: what a receiver tells repetitions by."""
    return f"msg_{delivery_id.hex}"


def body_of(kind: Kind, happened_at: datetime, data: Mapping[str, str]) -> bytes:
    """`{type, timestamp, data}` in one stable writing. Raises ValueError for anything but the kind's identifiers."""
    if set(data) != set(IDS[kind]):
        raise ValueError(f"{kind} carries {IDS[kind]}")
    at = happened_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    said = {"type": kind.value, "timestamp": at, "data": {name: data[name] for name in IDS[kind]}}
    return json.dumps(said, separators=(",", ":")).encode()


def signature(secret: str, message: str, seconds: int, body: bytes) -> str:
    """`v1,` and the HMAC in base64 of `id.timestamp.body`."""
    signed = f"{message}.{seconds}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode()


def headers_of(
    secrets: Sequence[str], message: str, sent_at: datetime, body: bytes
) -> dict[str, str]:
    """The headers of one attempt; one signature a live secret, the newest first.

    Raises ValueError without a secret, or for more than two.
    """
    if not 1 <= len(secrets) <= 2:
        raise ValueError("one or two secrets sign")
    seconds = int(sent_at.timestamp())
    return {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(signature(one, message, seconds, body) for one in secrets),
    }
