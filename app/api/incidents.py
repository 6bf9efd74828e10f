"""Parent events by program: what our own check of the statements found, and their corrections in one act."""

from __future__ import annotations

from uuid import UUID

from app.accounts.rules import Permission, Scope
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.once import once_per_key
from app.api.frame.paging import cursor_in, cursor_to
from app.api.frame.spec import WRITES, answers
from app.api.shapes import incidents as shapes
from app.api.shapes.frame import Cursor
from app.incidents.commands import PrepareCorrections
from app.incidents.queries import event_row, events_page, lines_page, payees_page
from app.infra.db.transaction import transaction
from app.workflows.correct_together import plan_of, prepare_all

TAG = "parent events"


@bp.get("/parent-events")
@needs(Scope.MONEY_READ, Permission.PARENT_EVENT_READ)
@answers(shapes.ParentEvents, tag=TAG)
def parent_events_list(query: shapes.EventsQuery) -> shapes.ParentEvents:
    """List faults that many payees have in common, the newest first."""
    actor, place = bearer(), cursor_in(query)
    with transaction(actor, read_only=True) as tx:
        page = events_page(tx, actor, query.state, UUID(place) if place else None)
    more = str(page.next) if page.next else None
    return shapes.ParentEvents(
        items=[shapes.ParentEvent.of(row) for row in page.rows], next_cursor=cursor_to(query, more)
    )


@bp.get("/parent-events/<uuid:event_id>")
@needs(Scope.MONEY_READ, Permission.PARENT_EVENT_READ)
@answers(shapes.ParentEvent, tag=TAG)
def parent_event_show(event_id: UUID) -> shapes.ParentEvent:
    """Read one event."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        return shapes.ParentEvent.of(event_row(tx, actor, event_id))


@bp.get("/parent-events/<uuid:event_id>/payees")
@needs(Scope.MONEY_READ, Permission.PARENT_EVENT_READ)
@answers(shapes.EventPayees, tag=TAG)
def parent_event_payees(event_id: UUID, query: Cursor) -> shapes.EventPayees:
    """List its payees, each with the case that was opened for them."""
    actor, place = bearer(), cursor_in(query)
    with transaction(actor, read_only=True) as tx:
        event_row(tx, actor, event_id)
        page = payees_page(tx, actor, event_id, str(place or ""))
    return shapes.EventPayees(
        items=[shapes.EventPayee.of(row) for row in page.rows],
        next_cursor=cursor_to(query, page.next),
    )


@bp.get("/parent-events/<uuid:event_id>/lines")
@needs(Scope.MONEY_READ, Permission.PARENT_EVENT_READ)
@answers(shapes.EventLines, tag=TAG)
def parent_event_lines(event_id: UUID, query: shapes.EventLinesQuery) -> shapes.EventLines:
    """List its lines, or those of one of its payees."""
    actor, place = bearer(), cursor_in(query)
    with transaction(actor, read_only=True) as tx:
        event_row(tx, actor, event_id)
        rows, further = lines_page(tx, actor, event_id, query.payee, int(place or 0))
    more = str(further) if further else None
    return shapes.EventLines(
        items=[shapes.EventLine.of(row) for row in rows], next_cursor=cursor_to(query, more)
    )


@bp.get("/parent-events/<uuid:event_id>/corrections")
@needs(Scope.MONEY_READ, Permission.CORRECTION_PREPARE)
@answers(shapes.PreparedCorrections, tag=TAG)
def parent_event_corrections(event_id: UUID) -> shapes.PreparedCorrections:
    """Preview the corrections that one act would propose, and why others are left out."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        return shapes.PreparedCorrections.of(plan_of(tx, actor, event_id))


@bp.post("/parent-events/<uuid:event_id>/corrections")
@needs(Scope.DECISIONS_WRITE, Permission.PARENT_EVENT_DECIDE)
@once_per_key
@answers(shapes.PreparedCorrections, status=202, tag=TAG, also=WRITES)
def parent_event_correct(
    event_id: UUID, json: shapes.PrepareCorrections
) -> tuple[shapes.PreparedCorrections, int]:
    """Propose what was previewed, case by case in the background: a decision and its correction each.

    Somebody else confirms each decision and approves each correction. Ask the preview how far it is.
    """
    actor = bearer()
    with transaction(actor) as tx:
        command = PrepareCorrections(event_id, json.seen, json.reasons)
        prepare_all(tx, command, actor, services().clock)
        return shapes.PreparedCorrections.of(plan_of(tx, actor, event_id)), 202
