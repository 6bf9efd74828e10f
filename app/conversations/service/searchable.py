"""By what messages and notes are found: their words."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.conversations.models import Message
from app.infra.db.transaction import Tx
from app.kernel.sides import Disclosure, Side
from app.search.commands import Entry, Subject
from app.search.service import put


def index_message(tx: Tx, message: Message) -> None:
    """Let a message or note be found."""
    put(tx, _entry(message))


def message_entries(tx: Tx, after: UUID | None, limit: int) -> Sequence[Entry]:
    """Entries of messages in order of id, for a rebuild."""
    return _entries(tx, after, limit, notes=False)


def note_entries(tx: Tx, after: UUID | None, limit: int) -> Sequence[Entry]:
    """Entries of notes in order of id."""
    return _entries(tx, after, limit, notes=True)


def _entries(tx: Tx, after: UUID | None, limit: int, *, notes: bool) -> Sequence[Entry]:
    internal = Message.disclosure == Disclosure.INTERNAL.value
    query = select(Message).where(internal if notes else ~internal)
    query = query.order_by(Message.id).limit(limit)
    rows = tx.execute(query.where(Message.id > after) if after else query).scalars()
    return [_entry(row) for row in rows]


def _entry(message: Message) -> Entry:
    disclosure = Disclosure(message.disclosure)
    return Entry(
        Subject.NOTE if disclosure is Disclosure.INTERNAL else Subject.MESSAGE,
        message.id, message.case_id, Side(message.side), disclosure,
        title="", body=message.body, at=message.at,
    )  # fmt: skip
