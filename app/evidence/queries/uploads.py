"""Files on their way in parts, for whoever sends them and nobody else (A2 27)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from app.accounts.queries import side_scope
from app.evidence.models import EvidenceItem, EvidenceUpload
from app.evidence.rules.items import exhibit_label
from app.evidence.rules.uploads import SHOWN_FOR, UploadState, part_count
from app.infra.db.transaction import Tx
from app.infra.storage.port import Parts
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.sides import Side

_GOING = (UploadState.OPEN.value, UploadState.CHECKING.value)


@dataclass(frozen=True, slots=True)
class UploadView:
    """One file on its way. *size*, *part_size*: bytes. *duplicate_of*: label of the first copy, of *duplicate_at*."""

    id: UUID
    case_id: UUID
    side: Side
    filename: str
    size: int
    modified: int
    part_size: int
    state: UploadState
    reason: str
    started_at: datetime
    expires_at: datetime
    parts: Parts
    item_id: UUID | None = None
    label: str = ""
    duplicate_of: str = ""
    duplicate_at: datetime | None = None

    @property
    def count(self) -> int:
        """How many parts the file has."""
        return part_count(self.size, self.part_size)


def mine(actor: Actor) -> ColumnElement[bool]:
    """Uploads that *actor* began, on a side that they still stand on."""
    return and_(side_scope(actor, EvidenceUpload), EvidenceUpload.started_by == actor.person_id)


def uploads_of(tx: Tx, actor: Actor, case_id: UUID, clock: Clock) -> tuple[UploadView, ...]:
    """What *actor* has on its way in that case, and what was refused a short while ago; oldest first."""
    lately = clock.now() - SHOWN_FOR
    refused = and_(
        EvidenceUpload.state == UploadState.REFUSED.value, EvidenceUpload.ended_at >= lately
    )
    rows = tx.execute(
        select(EvidenceUpload)
        .where(
            mine(actor),
            EvidenceUpload.case_id == case_id,
            or_(EvidenceUpload.state.in_(_GOING), refused),
        )
        .order_by(EvidenceUpload.started_at, EvidenceUpload.id)
    ).scalars()
    return tuple(view_of(row) for row in rows)


def upload_by_id(tx: Tx, actor: Actor, upload_id: UUID) -> UploadView:
    """One upload of *actor*. Raises NotFound."""
    row = tx.execute(
        select(EvidenceUpload).where(mine(actor), EvidenceUpload.id == upload_id)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound(str(upload_id))
    item = tx.get(EvidenceItem, row.item_id) if row.item_id else None
    first = tx.get(EvidenceItem, item.duplicate_of) if item and item.duplicate_of else None
    return view_of(row, item, first)


def view_of(
    row: EvidenceUpload, item: EvidenceItem | None = None, first: EvidenceItem | None = None
) -> UploadView:
    """The row as a value; *item*, *first*: what it became, and the first copy of the same bytes."""
    side = Side(row.side)
    return UploadView(
        row.id, row.case_id, side, row.filename, row.size, row.modified, row.part_size, UploadState(row.state),
        row.reason, row.started_at, row.expires_at, Parts(row.storage_key, row.storage_upload), row.item_id,
        exhibit_label(side, item.number) if item else "",
        exhibit_label(side, first.number) if first else "", first.uploaded_at if first else None,
    )  # fmt: skip
