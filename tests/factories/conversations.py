"""Messages and requests of a case, written through the services."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.conversations.commands import AskedItem, AskItems, SendMessage
from app.conversations.queries.requests import RequestRow
from app.conversations.rules.audience import Audience
from app.conversations.rules.requests import ItemKind
from app.conversations.service import ask, send_message
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.clock import Clock, FixedClock
from app.kernel.sides import Side
from tests.factories.accounts import NOON

THREE = (
    AskedItem(ItemKind.DOCUMENT, "The signed split sheet", "A scan or a photo of every page."),
    AskedItem(ItemKind.QUESTION, "Who mixed the recording?"),
    AskedItem(ItemKind.CHOICE, "Which version?", options=("album", "single")),
)


def make_message(
    actor: Actor,
    case_id: UUID,
    *,
    audience: Audience = Audience.DESK,
    body: str = "Where is my money?",
    tx: Session | None = None,
    clock: Clock | None = None,
) -> UUID:
    """One message; committed at once without *tx*."""
    with nullcontext(tx) if tx is not None else transaction(actor) as own:
        assert own is not None
        return send_message(
            own, SendMessage(case_id, audience, body), actor, clock or FixedClock(NOON)
        )


def make_request(
    actor: Actor,
    case_id: UUID,
    *,
    side: Side = Side.COMPLAINANT,
    items: tuple[AskedItem, ...] = THREE,
    tx: Session | None = None,
    clock: Clock | None = None,
) -> RequestRow:
    """A request of three items, due in a week; committed at once without *tx*."""
    time = clock or FixedClock(NOON)
    command = AskItems(
        case_id, side, items, time.now() + timedelta(days=7), "We need this to decide.",
        "Without it we decide on what we have.",
    )  # fmt: skip
    with nullcontext(tx) if tx is not None else transaction(actor) as own:
        assert own is not None
        return ask(own, command, actor, time)
