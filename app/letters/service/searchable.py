"""By what letters are found: number, recipient and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.infra.db.transaction import Tx
from app.kernel.sides import Disclosure, Side
from app.letters.models import Letter
from app.letters.rules.context import from_json
from app.search.commands import Entry, Subject
from app.search.service import put


def index_letter(tx: Tx, row: Letter) -> None:
    """Let a letter be found as it stands now."""
    put(tx, _entry(row))


def letter_entries(tx: Tx, after: UUID | None, limit: int) -> Sequence[Entry]:
    """Entries of letters in order of id, for a rebuild."""
    query = select(Letter).order_by(Letter.id).limit(limit)
    rows = tx.execute(query.where(Letter.id > after) if after else query).scalars()
    return [_entry(row) for row in rows]


def _entry(row: Letter) -> Entry:
    context = from_json(row.context)
    return Entry(
        Subject.LETTER, row.id, row.case_id, Side(row.side), Disclosure(row.disclosure),
        title=row.number or "", body=context.reasons, at=row.created_at,
        more=(context.recipient.name,), idents=(row.number,),
    )  # fmt: skip
