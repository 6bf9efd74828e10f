"""Reconciliations: the ledger's file beside what left, and letting the result count."""

from __future__ import annotations

from uuid import UUID

from app.accounts.rules import Permission, Scope
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.once import once_per_key
from app.api.frame.paging import cursor_in, cursor_to
from app.api.frame.spec import WRITES, answers
from app.api.frame.versions import require_seen
from app.api.shapes import reconciling as shapes
from app.corrections.commands import ConfirmReconciliation, MatchByHand, ReconcileBatch, UndoMatch
from app.corrections.queries.batches import batch_view
from app.corrections.queries.reconciling import lines_page, reconciliation_view
from app.corrections.service.pairing import match_by_hand, undo_match
from app.corrections.service.reconciling import confirm_reconciliation, reconcile_batch
from app.infra.db.transaction import transaction

TAG = "batches"


@bp.post("/batches/<uuid:batch_id>/reconciliations")
@needs(Scope.MONEY_WRITE, Permission.BATCH_ACKNOWLEDGE, on="batch")
@once_per_key
@answers(shapes.Reconciliation, tag=TAG, also=WRITES)
def batch_reconcile(batch_id: UUID, json: shapes.CompareFile) -> shapes.Reconciliation:
    """Compare a file of the ledger with what left; nothing else changes. The same file again answers the same result."""
    actor = bearer()
    with transaction(actor) as tx:
        batch_view(tx, actor, batch_id)
        command = ReconcileBatch(batch_id, json.name, json.content.encode())
        made = reconcile_batch(tx, command, actor, services().clock)
        return shapes.Reconciliation.of(reconciliation_view(tx, actor, made.id))


@bp.get("/reconciliations/<uuid:reconciliation_id>")
@needs(Scope.MONEY_READ, Permission.BATCH_READ)
@answers(shapes.Reconciliation, tag=TAG)
def reconciliation_show(reconciliation_id: UUID) -> shapes.Reconciliation:
    """Read how many corrections and lines are in each state."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        view = reconciliation_view(tx, actor, reconciliation_id)
    return shapes.Reconciliation.of(view)


@bp.get("/reconciliations/<uuid:reconciliation_id>/lines")
@needs(Scope.MONEY_READ, Permission.BATCH_READ)
@answers(shapes.ReconciliationRows, tag=TAG)
def reconciliation_lines(
    reconciliation_id: UUID, query: shapes.ReconciledLinesQuery
) -> shapes.ReconciliationRows:
    """List what became of each correction and of each line that is not ours: all of them, or those in a state."""
    actor, place = bearer(), cursor_in(query)
    with transaction(actor, read_only=True) as tx:
        view = reconciliation_view(tx, actor, reconciliation_id)
        page = lines_page(tx, actor, view.file.id, query.state, int(place) if place else 0)
    following = str(page.next_after) if page.next_after else None
    items = [shapes.ReconciliationRow.of(row) for row in page.rows]
    return shapes.ReconciliationRows(items=items, next_cursor=cursor_to(query, following))


@bp.post("/reconciliations/<uuid:reconciliation_id>/matches")
@needs(Scope.MONEY_WRITE, Permission.BATCH_ACKNOWLEDGE)
@once_per_key
@answers(shapes.Reconciliation, tag=TAG, also=WRITES)
def reconciliation_match(
    reconciliation_id: UUID, json: shapes.MatchByHand
) -> shapes.Reconciliation:
    """Match a correction that is missing with a line that is unknown. It counts once the result is confirmed."""
    actor = bearer()
    with transaction(actor) as tx:
        command = MatchByHand(reconciliation_id, json.correction_id, json.line, json.reason)
        match_by_hand(tx, command, actor, services().clock)
        return shapes.Reconciliation.of(reconciliation_view(tx, actor, reconciliation_id))


@bp.post("/reconciliations/<uuid:reconciliation_id>/matches/<uuid:correction_id>/undo")
@needs(Scope.MONEY_WRITE, Permission.BATCH_ACKNOWLEDGE)
@once_per_key
@answers(shapes.Reconciliation, tag=TAG, also=WRITES)
def reconciliation_unmatch(reconciliation_id: UUID, correction_id: UUID) -> shapes.Reconciliation:
    """Take back what was matched by hand, as long as it does not count as posted."""
    actor = bearer()
    with transaction(actor) as tx:
        undo_match(tx, UndoMatch(reconciliation_id, correction_id), actor, services().clock)
        return shapes.Reconciliation.of(reconciliation_view(tx, actor, reconciliation_id))


@bp.post("/reconciliations/<uuid:reconciliation_id>/confirm")
@needs(Scope.MONEY_WRITE, Permission.BATCH_ACKNOWLEDGE)
@once_per_key
@answers(shapes.Reconciliation, tag=TAG, also=(*WRITES, 428))
def reconciliation_confirm(
    reconciliation_id: UUID, json: shapes.ConfirmResult
) -> shapes.Reconciliation:
    """Let it count: what matched is posted, what did not waits as a mismatch; later, mismatches that match now are posted."""
    actor = bearer()
    with transaction(actor) as tx:
        view = reconciliation_view(tx, actor, reconciliation_id)
        require_seen(shapes.Reconciliation.of(view))
        command = ConfirmReconciliation(view.file.id, view.version, json.reference)
        confirm_reconciliation(tx, command, actor, services().clock)
        return shapes.Reconciliation.of(reconciliation_view(tx, actor, reconciliation_id))
