"""Files that came in parts, whole: hashed again by us, compared with the browser's hash, then admitted like any file.

Reading and hashing happen outside any transaction; one transaction in the uploader's name makes it evidence,
so whatever they may no longer do by then is refused (B136).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.evidence.commands import ReceiveUpload
from app.evidence.models import EvidenceUpload
from app.evidence.queries.uploads import UploadView, view_of
from app.evidence.rules.content import ContentScan
from app.evidence.rules.uploads import (
    CHECKED_WITHIN,
    Trouble,
    UploadState,
    UploadStep,
    move_upload,
)
from app.evidence.service.intake import ReceivedItem, StagedFile, admit_staged
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.storage.hashing import sha256_of
from app.infra.storage.port import Parts, Storage
from app.infra.storage.sniff import sniff_type
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, Invalid, NotFound, RedressError, Refused

ORPHAN_GRACE = CHECKED_WITHIN
"""Parts without a row may belong to a form post that is still coming in, or to a commit that is still going on."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A whole file that waits for its check. *sha256*: what the browser computed."""

    view: UploadView
    sha256: str
    declared_type: str
    started_by: UUID


def arrival_of(tx: Tx, upload_id: UUID) -> Arrival | None:
    """The upload while it is to be checked, else None: the check is safe to repeat."""
    row = tx.get(EvidenceUpload, upload_id)
    if row is None or row.state != UploadState.CHECKING.value or row.sha256 is None:
        return None
    return Arrival(view_of(row), row.sha256, row.declared_type, row.started_by)


def stage_arrived(storage: Storage, view: UploadView, limit: int) -> StagedFile:
    """Read the stored bytes once: hash, size, type and signals. Raises ObjectMissing, Unavailable."""
    scan = ContentScan()

    def watched() -> Iterator[bytes]:
        for chunk in storage.open(view.parts.key):
            scan.feed(chunk)
            yield chunk

    sha256, size = sha256_of(watched())
    return StagedFile(
        view.parts.key, sha256, size, sniff_type(scan.head), scan.signals(), max(limit, view.size)
    )


def receive_arrival(
    tx: Tx, arrival: Arrival, staged: StagedFile, storage: Storage, actor: Actor, clock: Clock
) -> ReceivedItem:
    """Make it evidence of its side, in the uploader's name. Raises what `admit_staged` raises, Invalid (bytes)."""
    view = arrival.view
    if (staged.sha256, staged.size) != (arrival.sha256, view.size):
        raise Invalid("file", Trouble.OTHER_BYTES.value, "")
    command = ReceiveUpload(
        view.case_id, view.side, view.filename, arrival.declared_type, f"upload:{view.id}"
    )
    item = admit_staged(tx, command, staged, storage, actor, clock)
    row = tx.get(EvidenceUpload, view.id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(str(view.id))
    if row.state == UploadState.CHECKING.value:
        row.item_id = item.id
        _end(tx, row, UploadStep.RECEIVE, actor, clock)
    return item


def refuse_arrival(tx: Tx, upload_id: UUID, why: str, actor: Actor, clock: Clock) -> None:
    """It became no evidence; its page says why."""
    row = tx.get(EvidenceUpload, upload_id, with_for_update=True, populate_existing=True)
    if row is not None and row.state == UploadState.CHECKING.value:
        row.reason = why
        _end(tx, row, UploadStep.REFUSE, actor, clock)


def trouble_of(error: RedressError) -> str:
    """The word kept for why a file was not taken."""
    if isinstance(error, NotFound | Forbidden):
        return Trouble.NOT_ALLOWED.value
    if isinstance(error, Invalid | Refused):
        return error.code
    raise error


def _end(tx: Tx, row: EvidenceUpload, step: UploadStep, actor: Actor, clock: Clock) -> None:
    row.state = move_upload(UploadState(row.state), step).value
    row.ended_at = clock.now()
    row.version += 1
    tx.flush()
    record(
        tx, actor, clock,
        verb=f"evidence_upload.{row.state}", subject=("evidence_upload", row.id), case_id=row.case_id,
        data={"side": row.side, "reason": row.reason},
    )  # fmt: skip


def expired_uploads(tx: Tx, clock: Clock) -> tuple[UUID, ...]:
    """Open past their time, or whole and still not checked: the janitor's work, oldest first."""
    rows = tx.execute(
        select(EvidenceUpload.id)
        .where(
            EvidenceUpload.state.in_([UploadState.OPEN.value, UploadState.CHECKING.value]),
            EvidenceUpload.expires_at < clock.now(),
        )
        .order_by(EvidenceUpload.expires_at)
        .limit(500)
    )
    return tuple(rows.scalars())


def expire_upload(tx: Tx, upload_id: UUID, actor: Actor, clock: Clock) -> Parts | None:
    """End one that waited too long; the parts to remove from the store, if any."""
    row = tx.get(EvidenceUpload, upload_id, with_for_update=True, populate_existing=True)
    if row is None or row.expires_at >= clock.now():
        return None
    parts = Parts(row.storage_key, row.storage_upload)
    if row.state == UploadState.OPEN.value:
        _end(tx, row, UploadStep.EXPIRE, actor, clock)
        return parts
    if row.state == UploadState.CHECKING.value:
        row.reason = Trouble.LOST.value
        _end(tx, row, UploadStep.REFUSE, actor, clock)
    return None


def is_awaited(tx: Tx, parts: Parts) -> bool:
    """True while an open upload waits for these parts."""
    found = tx.execute(
        select(EvidenceUpload.id).where(
            EvidenceUpload.storage_key == parts.key,
            EvidenceUpload.state == UploadState.OPEN.value,
        )
    )
    return found.first() is not None


def is_old(began: datetime, clock: Clock) -> bool:
    """True when parts without a row were begun long enough ago to be left over."""
    return began < clock.now() - ORPHAN_GRACE
