"""Sweeping both ways: objects without a row, rows without their object, quarantine left behind (I7, I8).

Objects and rows are walked side by side in key order, one page of each at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy import collate, select, text, update

from app.evidence.models import EvidenceItem, EvidenceOrphan
from app.evidence.rules.items import ItemState
from app.evidence.service.custody import raise_orphan
from app.infra.db.transaction import Tx
from app.infra.storage.port import QUARANTINE, Storage, Stored
from app.kernel.clock import Clock

GRACE = timedelta(hours=24)
"""Younger objects may belong to an upload that is still being committed."""
PAGE = 500
PREFIX = "case/"


@dataclass(frozen=True, slots=True)
class Page:
    """Keys of one stretch: from *after* (exclusive) to *until* (inclusive; empty means to the end)."""

    after: str
    until: str
    objects: dict[str, Stored]


@dataclass(frozen=True, slots=True)
class Swept:
    """What one page showed. *stray*: objects that no row claims, old enough to go."""

    stray: tuple[Stored, ...]
    missing: int


def clear_quarantine(storage: Storage, before: datetime) -> int:
    """Remove quarantine objects older than *before*: uploads that were cut, refused or never committed."""
    gone = 0
    for stored in storage.list(QUARANTINE):
        if stored.modified_at is not None and stored.modified_at < before:
            storage.delete_quarantine(stored.key)
            gone += 1
    return gone


def pages(storage: Storage) -> Iterator[Page]:
    """The stored objects in stretches of key order; the last stretch has no end."""
    objects, after = iter(storage.list(PREFIX)), ""
    while batch := list(islice(objects, PAGE)):
        yield Page(after, batch[-1].key, {stored.key: stored for stored in batch})
        after = batch[-1].key
    yield Page(after, "", {})


def sweep_page(tx: Tx, page: Page, before: datetime, clock: Clock) -> Swept:
    """Compare one stretch with the rows of the same stretch and write down what does not match."""
    key = collate(EvidenceItem.object_key, "C")
    query = select(EvidenceItem.object_key, EvidenceItem.id, EvidenceItem.state).where(
        key > page.after
    )
    if page.until:
        query = query.where(key <= page.until)
    claimed: dict[str, UUID | None] = {}
    for row in tx.execute(query):
        purged = row.state == ItemState.PURGED.value
        claimed[row.object_key] = claimed.get(row.object_key) if purged else row.id
    missing = 0
    for name, item_id in claimed.items():
        if item_id is not None and name not in page.objects:
            missing += raise_orphan(tx, "row_without_object", name, item_id, clock)
    stray = [
        stored
        for name, stored in page.objects.items()
        if claimed.get(name) is None
        and stored.modified_at is not None
        and stored.modified_at < before
    ]
    for stored in stray:
        raise_orphan(tx, "object_without_row", stored.key, None, clock)
    return Swept(tuple(stray), missing)


def resolve_orphan(tx: Tx, kind: str, object_key: str, how: str, clock: Clock) -> None:
    """Close an open finding with words."""
    tx.execute(
        update(EvidenceOrphan)
        .where(
            EvidenceOrphan.kind == kind,
            EvidenceOrphan.object_key == object_key,
            EvidenceOrphan.resolved_at.is_(None),
        )
        .values(resolved_at=clock.now(), resolution=how)
    )


def open_orphans(tx: Tx) -> tuple[tuple[str, str, str], ...]:
    """(kind, object key, version that the row names or empty) of every open finding."""
    rows = tx.execute(
        select(EvidenceOrphan.kind, EvidenceOrphan.object_key, EvidenceItem.object_version)
        .outerjoin(EvidenceItem, EvidenceItem.id == EvidenceOrphan.item_id)
        .where(EvidenceOrphan.resolved_at.is_(None))
    )
    return tuple((row.kind, row.object_key, row.object_version or "") for row in rows)


def is_claimed(tx: Tx, object_key: str) -> bool:
    """True when a live row names that object: asked again just before it is removed."""
    found = tx.execute(
        select(EvidenceItem.id).where(
            EvidenceItem.object_key == object_key, EvidenceItem.state != ItemState.PURGED.value
        )
    )
    return found.first() is not None


def unsealed_items(tx: Tx) -> tuple[UUID, ...]:
    """Items of submitted cases that the store has not locked yet."""
    rows = tx.execute(
        text(
            'select i.id from evidence_item i join "case" c on c.id = i.case_id '
            "where i.sealed_at is null and i.state <> 'purged' and c.submitted_at is not null limit 1000"
        )
    )
    return tuple(rows.scalars())


def unsealed_of(tx: Tx, case_id: UUID) -> tuple[UUID, ...]:
    """Items of one case that are not locked yet."""
    rows = tx.execute(
        select(EvidenceItem.id).where(
            EvidenceItem.case_id == case_id, EvidenceItem.sealed_at.is_(None)
        )
    )
    return tuple(rows.scalars())


def items_to_purge(tx: Tx) -> tuple[UUID, ...]:
    """Items of discarded drafts that were not purged yet."""
    rows = tx.execute(
        text(
            'select i.id from evidence_item i join "case" c on c.id = i.case_id '
            "where c.state = 'deleted' and i.state <> 'purged' limit 1000"
        )
    )
    return tuple(rows.scalars())


def sample_to_verify(tx: Tx, since: datetime) -> tuple[tuple[UUID, UUID], ...]:
    """(case, item) of everything sealed since *since* and one in a hundred of the rest, at least 20."""
    rows = tx.execute(
        text(
            "with live as (select id, case_id, sealed_at from evidence_item where state in ('accepted', 'withdrawn')), "
            "wanted as (select greatest(20, count(*) / 100) as n from live) "
            "(select case_id, id from live where sealed_at >= :since) union "
            "(select case_id, id from live order by random() limit (select n from wanted))"
        ),
        {"since": since},
    )
    return tuple((row.case_id, row.id) for row in rows)
