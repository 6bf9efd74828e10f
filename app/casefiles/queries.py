"""Case files of the reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from app.accounts.queries import side_scope
from app.casefiles.models import CaseFile
from app.casefiles.rules import FileState
from app.evidence.queries import items_of
from app.infra.db.transaction import Tx
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class FileRow:
    """One case file. *size*: bytes. *is_stale*: something in it is no longer the reader's to see."""

    id: UUID
    case_id: UUID
    state: FileState
    asked_at: datetime
    expires_at: datetime | None
    size: int
    sha256: str
    files: int
    storage_key: str
    is_stale: bool = False

    @property
    def can_fetch(self) -> bool:
        """True while the bytes may be handed out."""
        return self.state is FileState.READY and not self.is_stale


def newest_file(tx: Tx, actor: Actor, case_id: UUID, clock: Clock) -> FileRow | None:
    """The newest that *actor* asked for in that case."""
    row = tx.execute(
        _own(actor).where(CaseFile.case_id == case_id).order_by(CaseFile.asked_at.desc()).limit(1)
    ).scalar_one_or_none()
    return _row(tx, actor, row, clock) if row else None


def file_by_id(tx: Tx, actor: Actor, case_id: UUID, file_id: UUID, clock: Clock) -> FileRow:
    """One of the actor's own in that case. Raises NotFound."""
    query = _own(actor).where(CaseFile.case_id == case_id, CaseFile.id == file_id)
    row = tx.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound(str(file_id))
    return _row(tx, actor, row, clock)


def _own(actor: Actor) -> Select[CaseFile]:
    return select(CaseFile).where(side_scope(actor, CaseFile), CaseFile.asked_by == actor.person_id)


def _row(tx: Tx, actor: Actor, row: CaseFile, clock: Clock) -> FileRow:
    state = FileState(row.state)
    if state is FileState.READY and row.expires_at is not None and row.expires_at <= clock.now():
        state = FileState.EXPIRED
    stale = False
    if state is FileState.READY:
        seen = {str(item.id) for item in items_of(tx, actor, row.case_id) if item.can_open}
        stale = not set(map(str, row.items)) <= seen
    return FileRow(
        row.id, row.case_id, state, row.asked_at, row.expires_at, row.size, row.sha256 or "", row.files,
        row.storage_key, stale,
    )  # fmt: skip
