"""Background work of evidence: sealing, sweeping, re-hashing, purging. Every job is safe to repeat."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import structlog

from app.accounts.queries import actor_of
from app.evidence.rules.uploads import Trouble
from app.evidence.service import arrivals, sweep
from app.evidence.service.custody import purge_item, seal_item, verify_item
from app.infra.db.transaction import transaction
from app.infra.jobs import Run, job
from app.infra.storage.port import ObjectMissing
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Unavailable
from app.kernel.events import Event

log = structlog.get_logger()


@job("evidence.seal")
def seal(run: Run, item_id: str) -> None:
    """Lock one object in the store if its case is submitted; keyed by the item's own seal."""
    with run.transaction() as tx:
        seal_item(tx, UUID(item_id), run.services.storage, run.actor, run.clock)


def seal_case(run: Run, event: Event) -> None:
    """Reaction to a submission: the retention of everything the draft holds begins (DECISIONS 17)."""
    if event.case_id is None:
        return
    with run.transaction() as tx:
        waiting = sweep.unsealed_of(tx, event.case_id)
    for item_id in waiting:
        seal(run, str(item_id))


def purge_case(run: Run, event: Event) -> None:
    """Reaction to a discarded or expired draft; the job below looks at every draft that is gone."""
    del event
    purge_drafts(run)


@job("evidence.purge_drafts", queue="later", cron="40 * * * *")
def purge_drafts(run: Run, timestamp: int = 0) -> None:
    """Remove files of discarded drafts: the row loses its name first, then the bytes go."""
    del timestamp
    with run.transaction() as tx:
        waiting = sweep.items_to_purge(tx)
    for item_id in waiting:
        with run.transaction() as tx:
            gone = purge_item(tx, item_id, run.actor, run.clock)
        if gone is not None:
            run.services.storage.purge(*gone)


@job("evidence.sweep_orphans", queue="later", cron="20 * * * *")
def sweep_orphans(run: Run, timestamp: int = 0) -> None:
    """Clear old quarantine, compare objects with rows both ways, remove strays, seal what was missed."""
    del timestamp
    storage, before = run.services.storage, run.clock.now() - sweep.GRACE
    cleared = sweep.clear_quarantine(storage, before)
    missing = 0
    for page in sweep.pages(storage):
        with run.transaction() as tx:
            found = sweep.sweep_page(tx, page, before, run.clock)
        missing += found.missing
    _look_again(run)
    with run.transaction() as tx:
        waiting = sweep.unsealed_items(tx)
    for item_id in waiting:
        seal(run, str(item_id))
    log.info("evidence_swept", cleared=cleared, missing=missing, sealed=len(waiting))


def _look_again(run: Run) -> None:
    """Remove strays that nobody claims, and close findings that put themselves right."""
    storage = run.services.storage
    with run.transaction() as tx:
        findings = sweep.open_orphans(tx)
    for kind, key, version in findings:
        with run.transaction() as tx:
            if kind == "object_without_row":
                if sweep.is_claimed(tx, key):
                    sweep.resolve_orphan(tx, kind, key, "claimed by a row", run.clock)
                elif storage.purge(key):
                    sweep.resolve_orphan(tx, kind, key, "removed", run.clock)
            elif kind == "row_without_object" and storage.head(key, version) is not None:
                sweep.resolve_orphan(tx, kind, key, "the object is back", run.clock)


@job("evidence.check_upload")
def check_upload(run: Run, upload_id: str) -> None:
    """Hash a whole file that came in parts, compare, and make it evidence in the uploader's name."""
    with run.transaction() as tx:
        arrival = arrivals.arrival_of(tx, UUID(upload_id))
    if arrival is None:
        return
    storage, limit = run.services.storage, run.services.settings.large_upload_limit
    try:
        staged = arrivals.stage_arrived(storage, arrival.view, limit)
        with run.transaction() as tx:
            actor = actor_of(tx, arrival.started_by)
        with transaction(actor) as tx:
            arrivals.receive_arrival(tx, arrival, staged, storage, actor, run.clock)
    except ObjectMissing:
        _refuse(run, arrival.view.id, Trouble.LOST.value)
    except (NotFound, Forbidden, Invalid, Refused) as error:
        _refuse(run, arrival.view.id, arrivals.trouble_of(error))
    with suppress(Unavailable):
        storage.delete_quarantine(arrival.view.parts.key)


def _refuse(run: Run, upload_id: UUID, why: str) -> None:
    with run.transaction() as tx:
        arrivals.refuse_arrival(tx, upload_id, why, run.actor, run.clock)


@job("evidence.sweep_uploads", queue="later", cron="50 * * * *")
def sweep_uploads(run: Run, timestamp: int = 0) -> None:
    """End uploads that waited too long, and abort parts in the store that nobody waits for."""
    del timestamp
    storage = run.services.storage
    with run.transaction() as tx:
        waiting = arrivals.expired_uploads(tx, run.clock)
    for upload_id in waiting:
        with run.transaction() as tx:
            parts = arrivals.expire_upload(tx, upload_id, run.actor, run.clock)
        if parts is not None:
            storage.abort_parts(parts)
    aborted = 0
    for parts, began in list(storage.open_parts()):
        with run.transaction() as tx:
            left_over = arrivals.is_old(began, run.clock) and not arrivals.is_awaited(tx, parts)
        if left_over:
            storage.abort_parts(parts)
            aborted += 1
    log.info("uploads_swept", expired=len(waiting), aborted=aborted)


@job("evidence.rehash_sample", queue="later", cron="15 2 * * *")
def rehash_sample(run: Run, timestamp: int = 0) -> None:
    """Hash a sample of the stored bytes each night; a difference is an open finding and breaks I7."""
    del timestamp
    with run.transaction() as tx:
        sample = sweep.sample_to_verify(tx, run.clock.now() - timedelta(days=1))
    wrong = 0
    for case_id, item_id in sample:
        with suppress(NotFound, ObjectMissing), run.transaction() as tx:
            wrong += not verify_item(
                tx, case_id, item_id, run.services.storage, run.actor, run.clock
            )
    log.info("evidence_rehashed", items=len(sample), wrong=wrong)
