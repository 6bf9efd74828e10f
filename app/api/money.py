"""Corrections, batches and the file of a batch: read, approved, refused, locked, exported, acknowledged.

What moves money is approved with a token that its owner made minutes ago, after a code (ADR 0044).
"""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.accounts.rules import Permission, Scope
from app.api.face import bp
from app.api.frame.access import needs, spend
from app.api.frame.context import bearer, services
from app.api.frame.once import once_per_key
from app.api.frame.paging import cursor_in, cursor_to
from app.api.frame.spec import WRITES, answers
from app.api.frame.versions import require_seen
from app.api.shapes import batch_runs as runs
from app.api.shapes import money as shapes
from app.api.shapes import money_acts as acts
from app.api.shapes.decisions import SayWhy
from app.cases.queries import case_by_ref
from app.corrections.commands import (
    AckFault,
    AcknowledgeBatch,
    ApproveCorrection,
    ExportBatch,
    LockBatch,
    RefuseCorrection,
)
from app.corrections.queries.batches import BatchView, batch_page, batch_view
from app.corrections.queries.corrections import CorrectionFilter, correction_page, correction_view
from app.corrections.queries.runs import run_view
from app.corrections.rules.lifecycle import CorrectionState
from app.corrections.service.answers import acknowledge_batch
from app.corrections.service.batches import export_batch, lock_batch, read_export
from app.corrections.service.runs import ask_export, ask_lock, cancel_run, is_large
from app.edge.limits import EXPORTS
from app.exports.formats import FORMATS, PAYMENTS, format_named
from app.exports.rules.parts import ARCHIVE_TYPE
from app.infra.db.transaction import Tx, transaction
from app.kernel.actor import Actor
from app.kernel.filenames import content_disposition
from app.workflows import approve_money
from app.workflows.rails import rails_from

Later = tuple[runs.BatchRun, int]
CORRECTIONS, BATCHES = "corrections", "batches"
_KINDS = [*(one.content_type for one in (FORMATS | PAYMENTS).values()), ARCHIVE_TYPE]
_EXPORTS = tuple(dict.fromkeys(kind.partition(";")[0] for kind in _KINDS))


@bp.get("/corrections")
@needs(Scope.MONEY_READ, Permission.CORRECTION_READ)
@answers(shapes.Corrections, tag=CORRECTIONS)
def corrections_list(query: shapes.CorrectionsQuery) -> shapes.Corrections:
    """List corrections, the oldest first: all of them, those in a state, or those of a case."""
    actor, place = bearer(), cursor_in(query) or ""
    with transaction(actor, read_only=True) as tx:
        case_id = case_by_ref(tx, actor, query.case).id if query.case else None
        states = frozenset({query.state} if query.state else CorrectionState)
        wanted = CorrectionFilter(states, query.currency or "", case_id)
        page = correction_page(tx, actor, services().clock, wanted, place)
    items = [shapes.CorrectionItem.of(row) for row in page.rows]
    return shapes.Corrections(items=items, next_cursor=cursor_to(query, page.next_cursor))


@bp.get("/corrections/<uuid:correction_id>")
@needs(Scope.MONEY_READ, Permission.CORRECTION_READ, on="correction")
@answers(shapes.Correction, tag=CORRECTIONS)
def correction_show(correction_id: UUID) -> shapes.Correction:
    """Read a correction with its lines."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        view = correction_view(tx, actor, services().clock, correction_id)
    return shapes.Correction.of_view(view)


@bp.post("/corrections/<uuid:correction_id>/approve")
@needs(Scope.MONEY_APPROVE, Permission.CORRECTION_APPROVE, on="correction")
@once_per_key
@answers(shapes.Correction, tag=CORRECTIONS, also=WRITES)
def correction_approve(correction_id: UUID, json: acts.ApproveCorrection) -> shapes.Correction:
    """Approve exactly what was read.

    By another person than its preparer; above a limit by two. The last approval posts it and puts it into the open batch.
    """
    actor, clock = bearer(), services().clock
    with transaction(actor) as tx:
        approve_money.approve(tx, ApproveCorrection(correction_id, json.seen_hash), actor, clock)
        return shapes.Correction.of_view(correction_view(tx, actor, clock, correction_id))


@bp.post("/corrections/<uuid:correction_id>/refuse")
@needs(Scope.MONEY_WRITE, Permission.CORRECTION_APPROVE, on="correction")
@once_per_key
@answers(shapes.Correction, tag=CORRECTIONS, also=WRITES)
def correction_refuse(correction_id: UUID, json: SayWhy) -> shapes.Correction:
    """Send it back with a reason: the case returns to its reviewer."""
    actor, clock = bearer(), services().clock
    with transaction(actor) as tx:
        approve_money.refuse(tx, RefuseCorrection(correction_id, json.reason), actor, clock)
        return shapes.Correction.of_view(correction_view(tx, actor, clock, correction_id))


@bp.get("/batches")
@needs(Scope.MONEY_READ, Permission.BATCH_READ)
@answers(shapes.Batches, tag=BATCHES)
def batches_list(query: shapes.BatchesQuery) -> shapes.Batches:
    """List the batches, the newest first."""
    actor, place = bearer(), cursor_in(query) or ""
    with transaction(actor, read_only=True) as tx:
        page = batch_page(tx, actor, place)
    items = [shapes.BatchItem.of(row) for row in page.rows]
    return shapes.Batches(items=items, next_cursor=cursor_to(query, page.next_cursor))


@bp.get("/batches/<uuid:batch_id>")
@needs(Scope.MONEY_READ, Permission.BATCH_READ, on="batch")
@answers(shapes.Batch, tag=BATCHES)
def batch_show(batch_id: UUID) -> shapes.Batch:
    """Read a batch with what is in it and its file."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        view = batch_view(tx, actor, batch_id)
    return shapes.Batch.of_view(view)


@bp.get("/batches/<uuid:batch_id>/export")
@needs(Scope.MONEY_READ, Permission.BATCH_EXPORT, on="batch")
@answers(tag=BATCHES, files=_EXPORTS)
def batch_export(batch_id: UUID, query: shapes.ExportQuery) -> Response:
    """Download a file of a batch, byte for byte as it left; each download is recorded."""
    actor, ports = bearer(), services()
    spend(EXPORTS, f"person:{actor.person_id}")
    with transaction(actor) as tx:
        file, content = read_export(
            tx, batch_id, ports.storage, actor, ports.clock, rails_from(ports.settings),
            query.purpose,
        )  # fmt: skip
        name = file.filename
        kind = format_named(file.format).content_type_of(name)
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = content_disposition(name)
    return response


@bp.post("/batches/<uuid:batch_id>/lock")
@needs(Scope.MONEY_WRITE, Permission.BATCH_LOCK, on="batch")
@once_per_key
@answers(shapes.Batch, later=runs.BatchRun, tag=BATCHES, also=(*WRITES, 428))
def batch_lock(batch_id: UUID, json: acts.LockBatch) -> shapes.Batch | Later:
    """Close a batch for good: its rows are frozen as they stand, for a day of the books. Somebody else exports it.

    A batch of more than 2,000 corrections is locked in the background: the answer is 202 with the run to ask for.
    """
    actor, clock = bearer(), services().clock
    with transaction(actor) as tx:
        view = seen_batch(tx, actor, batch_id)
        command = LockBatch(batch_id, view.version, json.posting_date)
        if is_large(tx, batch_id):
            return _later(tx, actor, ask_lock(tx, command, actor, clock))
        lock_batch(tx, command, actor, clock)
        return shapes.Batch.of_view(batch_view(tx, actor, batch_id))


@bp.post("/batches/<uuid:batch_id>/export")
@needs(Scope.MONEY_WRITE, Permission.BATCH_EXPORT, on="batch")
@once_per_key
@answers(shapes.Batch, later=runs.BatchRun, tag=BATCHES, also=WRITES)
def batch_write(batch_id: UUID, json: acts.ExportBatch) -> shapes.Batch | Later:
    """Write the file of a closed batch that books, or the one that pays.

    Asked again it answers the same file, whatever format of that purpose is asked for then. A batch of more than 2,000
    corrections is exported in the background: the answer is 202 with the run to ask for.
    """
    actor, ports = bearer(), services()
    with transaction(actor) as tx:
        batch_view(tx, actor, batch_id)
        command = ExportBatch(batch_id, json.format)
        if is_large(tx, batch_id) and (run := ask_export(tx, command, actor, ports.clock)):
            return _later(tx, actor, run)
        export_batch(tx, command, ports.storage, actor, ports.clock, rails_from(ports.settings))
        return shapes.Batch.of_view(batch_view(tx, actor, batch_id))


@bp.get("/batches/<uuid:batch_id>/entries")
@needs(Scope.MONEY_READ, Permission.BATCH_READ, on="batch")
@answers(shapes.BatchLines, tag=BATCHES)
def batch_entries(batch_id: UUID, query: shapes.BatchLinesQuery) -> shapes.BatchLines:
    """List the corrections of a batch as they came in, page by page."""
    actor, place = bearer(), cursor_in(query) or ""
    with transaction(actor, read_only=True) as tx:
        view = batch_view(tx, actor, batch_id, place)
    items = [shapes.BatchLine.of(row) for row in view.entries]
    return shapes.BatchLines(items=items, next_cursor=cursor_to(query, view.next_cursor))


@bp.get("/batch-runs/<uuid:run_id>")
@needs(Scope.MONEY_READ, Permission.BATCH_READ)
@answers(runs.BatchRun, tag=BATCHES)
def batch_run_show(run_id: UUID) -> runs.BatchRun:
    """Read how far a lock or an export in the background is, or what came of it."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        return runs.BatchRun.of(run_view(tx, actor, services().clock, run_id))


@bp.post("/batch-runs/<uuid:run_id>/stop")
@needs(Scope.MONEY_WRITE, Permission.BATCH_LOCK, other=Permission.BATCH_EXPORT)
@once_per_key
@answers(runs.BatchRun, tag=BATCHES, also=WRITES)
def batch_run_stop(run_id: UUID) -> runs.BatchRun:
    """Stop a lock or an export in the background; nothing of it is done. One that has ended is refused."""
    actor, clock = bearer(), services().clock
    with transaction(actor) as tx:
        cancel_run(tx, run_id, actor, clock)
        return runs.BatchRun.of(run_view(tx, actor, clock, run_id))


def _later(tx: Tx, actor: Actor, run_id: UUID) -> Later:
    return runs.BatchRun.of(run_view(tx, actor, services().clock, run_id)), 202


@bp.post("/batches/<uuid:batch_id>/acknowledge")
@needs(Scope.MONEY_WRITE, Permission.BATCH_ACKNOWLEDGE, on="batch")
@once_per_key
@answers(shapes.Batch, tag=BATCHES, also=(*WRITES, 428))
def batch_acknowledge(batch_id: UUID, json: acts.AcknowledgeBatch) -> shapes.Batch:
    """Enter what the ledger answered about the file; cases whose money is posted are completed."""
    actor, clock = bearer(), services().clock
    faults = tuple(AckFault(one.correction_id, one.result, one.note) for one in json.faults)
    with transaction(actor) as tx:
        seen_batch(tx, actor, batch_id)
        command = AcknowledgeBatch(batch_id, json.reference.strip(), json.file_sha256, faults)
        acknowledge_batch(tx, command, actor, clock)
        return shapes.Batch.of_view(batch_view(tx, actor, batch_id))


def seen_batch(tx: Tx, actor: Actor, batch_id: UUID) -> BatchView:
    """The batch that `If-Match` names. Raises as `require_seen`."""
    view = batch_view(tx, actor, batch_id)
    require_seen(shapes.Batch.of_view(view))
    return view
