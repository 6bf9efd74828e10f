"""Asking for a case file, and what becomes of the row."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select

from app.accounts.rules import Permission, may
from app.casefiles.commands import AskForFile
from app.casefiles.events import CaseFileReady
from app.casefiles.models import CaseFile
from app.casefiles.rules import LIFE, FileState
from app.cases.queries import case_by_id
from app.evidence.queries import reader_sides
from app.evidence.rules.items import first_disclosure
from app.history.service import record
from app.infra.db.transaction import Tx
from app.infra.jobs import defer
from app.infra.outbox import emit
from app.kernel.actor import Actor
from app.kernel.clock import Clock
from app.kernel.errors import Forbidden, NotFound

READERS = (Permission.PARTY_EVIDENCE_READ, Permission.EVIDENCE_OPEN)


def ask_for_file(tx: Tx, command: AskForFile, actor: Actor, clock: Clock) -> UUID:
    """Have everything packed that *actor* may see; one at a time. Raises NotFound, Forbidden."""
    if not any(may(actor, one) for one in READERS) or actor.person_id is None:
        raise Forbidden(Permission.EVIDENCE_OPEN.value, code="permission")
    case = case_by_id(tx, actor, command.case_id)
    side = next(iter(sorted(reader_sides(tx, actor, case.id))), None)
    if side is None:
        raise NotFound(str(command.case_id))
    waiting = tx.execute(
        select(CaseFile.id).where(
            CaseFile.case_id == case.id, CaseFile.asked_by == actor.person_id,
            CaseFile.state == FileState.WAITING.value,
        )
    ).scalar_one_or_none()  # fmt: skip
    if waiting is not None:
        return waiting
    row = CaseFile(
        id=uuid4(), case_id=case.id, side=side.value, disclosure=first_disclosure(side).value,
        state=FileState.WAITING.value, asked_by=actor.person_id, asked_at=clock.now(), storage_key="", size=0,
        files=0, items=[], version=1,
    )  # fmt: skip
    row.storage_key = f"casefile/{row.id}.zip"
    tx.add(row)
    tx.flush()
    log_file(tx, row, "asked", actor, clock)
    defer(tx, "casefiles.pack", {"file_id": str(row.id)}, lock=f"casefile:{row.id}")
    return row.id


@dataclass(frozen=True, slots=True)
class Asked:
    """A case file for the job that packs or removes it."""

    id: UUID
    case_id: UUID
    asked_by: UUID
    storage_key: str


@dataclass(frozen=True, slots=True)
class Packed:
    """What lies in the store. *size*: bytes. *items*: the evidence in it. *files*: how many files."""

    size: int
    sha256: str
    items: tuple[UUID, ...]
    files: int


def waiting_file(tx: Tx, file_id: UUID) -> Asked | None:
    """The file while it is to be packed."""
    row = tx.get(CaseFile, file_id)
    if row is None or row.state != FileState.WAITING.value:
        return None
    return Asked(row.id, row.case_id, row.asked_by, row.storage_key)


def expired_files(tx: Tx, clock: Clock) -> tuple[Asked, ...]:
    """What may no longer be fetched and still lies in the store."""
    rows = tx.execute(
        select(CaseFile)
        .where(CaseFile.state == FileState.READY.value, CaseFile.expires_at <= clock.now())
        .limit(500)
    ).scalars()
    return tuple(Asked(row.id, row.case_id, row.asked_by, row.storage_key) for row in rows)


def finish_file(tx: Tx, file_id: UUID, packed: Packed, actor: Actor, clock: Clock) -> None:
    """It is whole in the store: it may be fetched for a while."""
    row = _locked(tx, file_id, FileState.WAITING)
    if row is None:
        return
    row.state, row.size, row.sha256 = FileState.READY.value, packed.size, packed.sha256
    row.items, row.files = [str(one) for one in packed.items], packed.files
    row.ended_at, row.expires_at = clock.now(), clock.now() + LIFE
    row.version += 1
    log_file(tx, row, "ready", actor, clock)
    ref = str(case_by_id(tx, actor, row.case_id).ref)
    emit(tx, CaseFileReady(row.case_id, row.id, row.asked_by, ref))


def fail_file(tx: Tx, file_id: UUID, actor: Actor, clock: Clock) -> None:
    """It could not be packed; the page says so and offers to try again."""
    row = _locked(tx, file_id, FileState.WAITING)
    if row is None:
        return
    row.state, row.ended_at = FileState.FAILED.value, clock.now()
    row.version += 1
    log_file(tx, row, "failed", actor, clock)


def expire_file(tx: Tx, file_id: UUID, actor: Actor, clock: Clock) -> None:
    """Its time is over: the bytes are gone, the row stays."""
    row = _locked(tx, file_id, FileState.READY)
    if row is None:
        return
    row.state = FileState.EXPIRED.value
    row.version += 1
    log_file(tx, row, "expired", actor, clock)


def _locked(tx: Tx, file_id: UUID, state: FileState) -> CaseFile | None:
    """The row under a lock while it stands in *state*."""
    row = tx.get(CaseFile, file_id, with_for_update=True, populate_existing=True)
    return row if row is not None and row.state == state.value else None


def log_fetch(
    tx: Tx, case_id: UUID, file_id: UUID, sha256: str, actor: Actor, clock: Clock
) -> None:
    """Somebody fetches it: written down before the first byte leaves (B135)."""
    record(
        tx, actor, clock,
        verb="case_file.fetched", subject=("case_file", file_id), case_id=case_id, data={"sha256": sha256},
    )  # fmt: skip


def log_file(tx: Tx, row: CaseFile, what: str, actor: Actor, clock: Clock) -> None:
    """The history row of a change."""
    tx.flush()
    data = {"side": row.side, "sha256": row.sha256, "size": row.size, "files": row.files}
    record(
        tx, actor, clock,
        verb=f"case_file.{what}", subject=("case_file", row.id), case_id=row.case_id, data=data,
    )  # fmt: skip
