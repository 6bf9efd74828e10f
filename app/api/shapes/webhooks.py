"""Webhooks, their secrets and what was sent, as they travel."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field

from app.api.shapes.frame import Body, Cursor, Page, Shown, page_example
from app.webhooks.queries import AttemptRow, DeliveryRow, EndpointRow
from app.webhooks.rules.kinds import CHOOSABLE
from app.webhooks.rules.plan import DeliveryState, EndpointState
from app.webhooks.rules.signing import webhook_id


def _is_text(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("a date and time as text is needed")  # noqa: TRY004 - pydantic reports this one
    return value


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_is_text)]
"""A date and time with its offset, as text."""
_ID = "0b0f5a0e-6f0a-4f0e-9d5e-0c8a7e1f2b3c"
_URL = "https://hooks.label.example/redress"
_ROW: dict[str, Any] = {
    "id": _ID, "url": _URL, "kinds": ["case.moved", "letter.issued"], "state": "on", "reason": "",
    "failing_since": None, "created_at": "2026-11-20T09:00:00Z",
}  # fmt: skip
_SECRET: dict[str, Any] = {
    "id": _ID,
    "secret": "whsec_ZXhhbXBsZSBleGFtcGxlIGV4YW1wbGUgZXhhbXBsZSE=",
}
_SENT: dict[str, Any] = {
    "id": _ID, "webhook_id": "msg_0b0f5a0e6f0a4f0e9d5e0c8a7e1f2b3c", "kind": "case.moved", "data": {"case": "RD-7K4M-29QX"},
    "happened_at": "2026-11-20T09:00:00Z", "state": "delivered", "next_at": None, "ended_at": "2026-11-20T09:00:02Z",
    "attempts": [{"number": 1, "at": "2026-11-20T09:00:01Z", "status": 204, "failure": "", "took_ms": 120, "answer": ""}],
}  # fmt: skip
_KINDS = "What it is told: " + ", ".join(kind.value for kind in CHOOSABLE) + "."


class Webhook(Shown):
    """An address that is told what its owner may see."""

    model_config = ConfigDict(json_schema_extra={"example": _ROW})

    id: UUID
    url: str
    kinds: list[str] = Field(description=_KINDS)
    state: EndpointState = Field(description="`disabled`: we gave it up, `reason` says why.")
    reason: str = Field(description="`gone` (it answered 410) or `failing` (for five days).")
    failing_since: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, row: EndpointRow) -> Webhook:
        """One row."""
        return cls(
            id=row.id, url=row.url, kinds=[kind.value for kind in row.kinds], state=row.state, reason=row.reason,
            failing_since=row.failing_since, created_at=row.created_at,
        )  # fmt: skip


class Webhooks(Shown):
    """One's own webhooks, the newest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": [_ROW]}})

    items: list[Webhook]


class MakeWebhook(Body):
    """Where to call, and about what."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"example": {"url": _URL, "kinds": ["case.moved", "letter.issued"]}},
    )

    url: str = Field(
        min_length=1, max_length=2000, description="`https://`, a public name, port 443."
    )
    kinds: list[str] = Field(min_length=1, max_length=len(CHOOSABLE), description=_KINDS)


class WebhookSecret(Shown):
    """The secret, this once."""

    model_config = ConfigDict(json_schema_extra={"example": _SECRET})

    id: UUID
    secret: str = Field(description="`whsec_` and base64. It is not shown again.")


class Attempt(Shown):
    """One call."""

    number: int
    at: datetime
    status: int | None = Field(description="Null without an answer.")
    failure: str = Field(description="Why there was none.")
    took_ms: int | None
    answer: str = Field(description="Its first characters.")

    @classmethod
    def of(cls, row: AttemptRow) -> Attempt:
        """One row."""
        return cls(
            number=row.number, at=row.at, status=row.status, failure=row.failure,
            took_ms=row.took_ms, answer=row.answer,
        )  # fmt: skip


class Delivery(Shown):
    """One thing told, with every attempt."""

    model_config = ConfigDict(json_schema_extra={"example": _SENT})

    id: UUID
    webhook_id: str = Field(description="The header, the same for every attempt and replay.")
    kind: str
    data: dict[str, str]
    happened_at: datetime
    state: DeliveryState
    next_at: datetime | None
    ended_at: datetime | None
    attempts: list[Attempt]

    @classmethod
    def of(cls, row: DeliveryRow) -> Delivery:
        """One row."""
        return cls(
            id=row.id, webhook_id=webhook_id(row.id), kind=row.kind.value, data=row.data,
            happened_at=row.happened_at, state=row.state, next_at=row.next_at, ended_at=row.ended_at,
            attempts=[Attempt.of(one) for one in row.log],
        )  # fmt: skip


class DeliveriesQuery(Cursor):
    """Which page of the log."""


class Deliveries(Page):
    """A page of the log, the newest first."""

    model_config = ConfigDict(json_schema_extra=page_example(_SENT))

    items: list[Delivery]


class SendAgain(Body):
    """Everything that failed and happened at or after a moment."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"example": {"failed_since": "2026-11-20T09:00:00Z"}},
    )

    failed_since: Moment = Field(description="With its offset.")


class Queued(Shown):
    """How many deliveries are under way."""

    model_config = ConfigDict(json_schema_extra={"example": {"queued": 1}})

    queued: int
