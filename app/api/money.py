"""Corrections, batches and the file of a batch, read. What moves money needs a fresh sign-in and is for pages."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.accounts.rules import Permission, Scope
from app.api.face import bp
from app.api.frame.access import needs, spend
from app.api.frame.context import bearer, services
from app.api.frame.paging import cursor_in, cursor_to
from app.api.frame.spec import answers
from app.api.shapes import money as shapes
from app.corrections.queries.batches import batch_page, batch_view
from app.corrections.queries.corrections import correction_view, corrections_awaiting
from app.corrections.service.batches import read_export
from app.edge.limits import EXPORTS
from app.edge.rails import rails_from
from app.exports.formats import FORMATS, PAYMENTS, format_named
from app.exports.rules.parts import ARCHIVE_TYPE
from app.infra.db.transaction import transaction
from app.kernel.filenames import content_disposition

CORRECTIONS, BATCHES = "corrections", "batches"
_KINDS = [*(one.content_type for one in (FORMATS | PAYMENTS).values()), ARCHIVE_TYPE]
_EXPORTS = tuple(dict.fromkeys(kind.partition(";")[0] for kind in _KINDS))


@bp.get("/corrections")
@needs(Scope.MONEY_READ, Permission.CORRECTION_READ)
@answers(shapes.Corrections, tag=CORRECTIONS)
def corrections_list(query: shapes.CorrectionsQuery) -> shapes.Corrections:
    """List the corrections that wait for approval, the oldest first."""
    actor, place = bearer(), cursor_in(query) or ""
    with transaction(actor, read_only=True) as tx:
        page = corrections_awaiting(tx, actor, services().clock, place, query.currency or "")
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
def batch_export(batch_id: UUID) -> Response:
    """Download the file of a batch, byte for byte as it left; each download is recorded."""
    actor, ports = bearer(), services()
    spend(EXPORTS, f"person:{actor.person_id}")
    with transaction(actor) as tx:
        file, content = read_export(
            tx, batch_id, ports.storage, actor, ports.clock, rails_from(ports.settings)
        )
        name = file.filename
        kind = format_named(file.format).content_type_of(name)
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = content_disposition(name)
    return response
