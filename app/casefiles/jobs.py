"""Background work of case files: packing one, removing what expired. Safe to repeat."""

from __future__ import annotations

from uuid import UUID

import structlog

from app.accounts.queries import actor_of
from app.casefiles.rules import LARGEST
from app.casefiles.service.asking import (
    Packed,
    expire_file,
    expired_files,
    fail_file,
    finish_file,
    waiting_file,
)
from app.casefiles.service.packing import archive_of, contents_of
from app.infra.db.transaction import transaction
from app.infra.jobs import Run, job
from app.infra.storage.port import AlreadyThere, ObjectMissing
from app.kernel.errors import Forbidden, NotFound, Refused

log = structlog.get_logger()


@job("casefiles.pack", queue="later")
def pack(run: Run, file_id: str) -> None:
    """Read everything in the asker's name, stream the ZIP into the store, then say that it is ready."""
    with run.transaction() as tx:
        asked = waiting_file(tx, UUID(file_id))
    if asked is None:
        return
    storage, key = run.services.storage, asked.storage_key
    try:
        with run.transaction() as tx:
            actor = actor_of(tx, asked.asked_by)
        with transaction(actor) as tx:
            contents = contents_of(tx, actor, asked.case_id, run.clock)
        archive = archive_of(contents, storage)
        kept = storage.put_quarantine(archive, 2 * LARGEST)
    except (NotFound, Forbidden, Refused, ObjectMissing):
        _end(run, UUID(file_id), None)
        return
    storage.purge(key)  # of an attempt whose commit failed
    try:
        storage.accept(kept.key, key)
    except AlreadyThere:
        log.warning("case_file_kept", file_id=file_id)
    storage.delete_quarantine(kept.key)
    done = Packed(kept.size, kept.sha256, contents.items, len(archive.entries))
    _end(run, UUID(file_id), done)


def _end(run: Run, file_id: UUID, done: Packed | None) -> None:
    with run.transaction() as tx:
        if done is None:
            fail_file(tx, file_id, run.actor, run.clock)
        else:
            finish_file(tx, file_id, done, run.actor, run.clock)


@job("casefiles.expire", queue="later", cron="35 * * * *")
def expire(run: Run, timestamp: int = 0) -> None:
    """Remove the bytes of what may no longer be fetched."""
    del timestamp
    with run.transaction() as tx:
        over = expired_files(tx, run.clock)
    for asked in over:
        run.services.storage.purge(asked.storage_key)
        with run.transaction() as tx:
            expire_file(tx, asked.id, run.actor, run.clock)
