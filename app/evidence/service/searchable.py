"""By what exhibits are found: the names of their files. What was purged is found no more."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.evidence.models import EvidenceItem
from app.evidence.rules.items import ItemState, exhibit_label
from app.infra.db.transaction import Tx
from app.kernel.sides import Disclosure, Side
from app.search.commands import Entry, Subject
from app.search.service import forget, put


def index_item(tx: Tx, item: EvidenceItem) -> None:
    """Let an item be found as it stands now."""
    tx.flush()
    if item.state == ItemState.PURGED.value:
        forget(tx, Subject.EVIDENCE, [item.id])
    else:
        put(tx, _entry(item))


def item_entries(tx: Tx, after: UUID | None, limit: int) -> Sequence[Entry]:
    """Entries of items in order of id, for a rebuild."""
    query = select(EvidenceItem).where(EvidenceItem.state != ItemState.PURGED.value)
    query = query.order_by(EvidenceItem.id).limit(limit)
    rows = tx.execute(query.where(EvidenceItem.id > after) if after else query).scalars()
    return [_entry(row) for row in rows]


def _entry(item: EvidenceItem) -> Entry:
    return Entry(
        Subject.EVIDENCE, item.id, item.case_id, Side(item.side), Disclosure(item.disclosure),
        title=item.filename, body=exhibit_label(Side(item.side), item.number), at=item.uploaded_at,
    )  # fmt: skip
