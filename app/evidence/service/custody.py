"""Custody: every step written down, seals set, openings recorded, bytes compared with their hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts.queries import side_scope
from app.accounts.rules import Permission, may
from app.evidence.models import EvidenceEvent, EvidenceItem, EvidenceOrphan
from app.evidence.queries import case_stand, item_by_id, may_open, reader_sides
from app.evidence.rules.items import (
    READABLE,
    RETENTION,
    CustodyStep,
    ItemState,
    Step,
    exhibit_label,
    move,
)
from app.evidence.service.searchable import index_item
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.i18n import gettext as _
from app.infra.storage.hashing import sha256_of
from app.infra.storage.port import ObjectMissing, Storage
from app.kernel.actor import Actor, Role
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, NotFound, Refused
from app.kernel.sides import Disclosure, Side


@dataclass(frozen=True, slots=True)
class OpenedItem:
    """What a face needs to stream one file. *reader_side*: on whose side the opening is noted."""

    id: UUID
    case_id: UUID
    label: str
    filename: str
    size: int
    sha256: str
    object_key: str
    object_version: str
    reader_side: Side


def note(
    tx: Tx,
    item: EvidenceItem,
    step: CustodyStep,
    actor: Actor,
    clock: Clock,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Add one step of custody on the item's own side."""
    tx.add(_event(item, Side(item.side), step, (actor.person_id, clock.now()), data))


def note_for_desk(
    tx: Tx,
    item: EvidenceItem,
    step: CustodyStep,
    actor: Actor,
    clock: Clock,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Add one step of custody that no party sees."""
    tx.add(_event(item, Side.DESK, step, (actor.person_id, clock.now()), data))


def _event(
    item: EvidenceItem | OpenedItem,
    side: Side,
    step: CustodyStep,
    stamp: tuple[UUID | None, datetime],
    data: Mapping[str, Any] | None = None,
) -> EvidenceEvent:
    disclosure = Disclosure.INTERNAL if side is Side.DESK else Disclosure.PRIVATE
    return EvidenceEvent(
        case_id=item.case_id, side=side.value, disclosure=disclosure.value, item_id=item.id,
        step=step.value, by_id=stamp[0], at=stamp[1], data=dict(data or {}),
    )  # fmt: skip


def log_change(
    tx: Tx,
    item: EvidenceItem,
    verb: str,
    actor: Actor,
    clock: Clock,
    data: dict[str, Any] | None = None,
) -> None:
    """The history row of a changed item; names stay out of it. It is found as it is now."""
    index_item(tx, item)
    record(
        tx, actor, clock,
        verb=verb, subject=("evidence_item", item.id), case_id=item.case_id,
        data={"side": item.side, "label": exhibit_label(Side(item.side), item.number)} | (data or {}),
    )  # fmt: skip


def locked_item(tx: Tx, actor: Actor, case_id: UUID, item_id: UUID) -> EvidenceItem:
    """The item under a row lock, when it is in scope and in that case. Raises NotFound."""
    item = tx.execute(
        select(EvidenceItem)
        .where(
            EvidenceItem.id == item_id,
            EvidenceItem.case_id == case_id,
            side_scope(actor, EvidenceItem),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if item is None or item.state == ItemState.PURGED.value:
        raise NotFound(str(item_id))
    return item


def open_item(tx: Tx, case_id: UUID, item_id: UUID, actor: Actor) -> OpenedItem:
    """What is needed to stream a file to *actor*; the caller records the opening with `record_opening`.

    Raises NotFound (out of scope), Forbidden (role), Refused (blocked, not readable).
    """
    row = item_by_id(tx, actor, case_id, item_id)
    if not may_open(actor):
        raise Forbidden(Permission.EVIDENCE_OPEN.value, code="permission")
    if row.state not in READABLE:
        raise Refused(
            "not_readable", _("This file is blocked. Its name and the reason are all we show.")
        )
    found = tx.execute(
        select(EvidenceItem.object_key, EvidenceItem.object_version).where(
            EvidenceItem.id == item_id
        )
    ).first()
    sides = reader_sides(tx, actor, case_id)
    # Sharing, or the part of *actor* in the case, may have ended after the look above.
    if found is None or not sides:
        raise NotFound(str(item_id))
    side = row.side if row.side in sides else next(iter(sides))
    return OpenedItem(
        row.id, case_id, row.label, row.filename, row.size, row.sha256,
        found.object_key, found.object_version, side,
    )  # fmt: skip


def record_opening(tx: Tx, opened: OpenedItem, actor: Actor, clock: Clock) -> None:
    """Note that *actor* opened the file, before the first byte leaves.

    For an auditor *tx* is a transaction of the system: the auditor's own is read-only.
    """
    data = {"auditor": True} if actor.has(Role.AUDITOR) else {}
    stamp = (actor.person_id, clock.now())
    tx.add(_event(opened, opened.reader_side, CustodyStep.OPENED, stamp, data))


def seal_item(tx: Tx, item_id: UUID, storage: Storage, actor: Actor, clock: Clock) -> bool:
    """Lock the object in the store, from submission on. Safe to repeat; False when there was nothing to do."""
    item = tx.execute(
        select(EvidenceItem)
        .where(EvidenceItem.id == item_id, side_scope(actor, EvidenceItem))
        .with_for_update()
    ).scalar_one_or_none()
    if item is None or item.sealed_at is not None or item.state == ItemState.PURGED.value:
        return False
    if case_stand(tx, actor, item.case_id).submitted_at is None:
        return False
    until = clock.now() + RETENTION
    try:
        storage.retain(item.object_key, item.object_version, until)
    except ObjectMissing:
        note_for_desk(tx, item, CustodyStep.MISSING, actor, clock)
        raise_orphan(tx, "row_without_object", item.object_key, item.id, clock)
        return False
    item.sealed_at, item.sealed_until = clock.now(), until
    item.version += 1
    note(tx, item, CustodyStep.SEALED, actor, clock, {"until": until.isoformat()})
    log_change(tx, item, "evidence.sealed", actor, clock, {"until": until.isoformat()})
    return True


def verify_item(
    tx: Tx, case_id: UUID, item_id: UUID, storage: Storage, actor: Actor, clock: Clock
) -> bool:
    """Hash the stored bytes now and compare; the answer is kept in custody, a difference raises an orphan."""
    if not (actor.is_system or may(actor, Permission.EVIDENCE_OPEN)):
        raise Forbidden(Permission.EVIDENCE_OPEN.value, code="permission")
    item = locked_item(tx, actor, case_id, item_id)
    try:
        found, size = sha256_of(storage.open(item.object_key, item.object_version))
    except ObjectMissing:
        note_for_desk(tx, item, CustodyStep.MISSING, actor, clock)
        raise_orphan(tx, "row_without_object", item.object_key, item.id, clock)
        return False
    same = (found, size) == (item.sha256, item.size)
    step = CustodyStep.VERIFIED if same else CustodyStep.MISMATCH
    note_for_desk(tx, item, step, actor, clock)
    if not same:
        raise_orphan(tx, "other_bytes", item.object_key, item.id, clock)
    return same


def raise_orphan(tx: Tx, kind: str, object_key: str, item_id: UUID | None, clock: Clock) -> bool:
    """Write down what does not match, once while it is open. True when it is new."""
    known = tx.execute(
        select(EvidenceOrphan.id).where(
            EvidenceOrphan.kind == kind,
            EvidenceOrphan.object_key == object_key,
            EvidenceOrphan.resolved_at.is_(None),
        )
    ).first()
    if known is None:
        tx.add(
            EvidenceOrphan(
                kind=kind,
                object_key=object_key,
                item_id=item_id,
                found_at=clock.now(),
                resolution="",
            )
        )
        tx.flush()
    return known is None


def purge_item(tx: Tx, item_id: UUID, actor: Actor, clock: Clock) -> tuple[str, str] | None:
    """Forget an item of a discarded draft: its name goes, its row stays. Returns (key, version) to remove."""
    item = tx.get(EvidenceItem, item_id, with_for_update=True)
    if item is None or case_stand(tx, actor, item.case_id).state != "deleted":
        return None
    if item.state != ItemState.PURGED.value:
        item.state = move(ItemState(item.state), Step.PURGE).value
        item.filename = "purged"
        item.version += 1
        note(tx, item, CustodyStep.PURGED, actor, clock)
        log_change(tx, item, "evidence.purged", actor, clock)
    return item.object_key, item.object_version
