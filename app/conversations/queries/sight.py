"""Whether one message is in sight: for those who are told of it elsewhere."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.accounts.queries import side_scope
from app.conversations.models import Message
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor


def sees_message(tx: Tx, actor: Actor, case_id: UUID, message_id: UUID) -> bool:
    """True when *actor* may read that message of that case now."""
    query = select(Message.id).where(
        Message.id == message_id, Message.case_id == case_id, side_scope(actor, Message)
    )
    return tx.execute(query).first() is not None
