"""Statements: what was taken in, files that were handed in, and what the columns of an unknown one mean."""

from __future__ import annotations

from uuid import UUID

from app.accounts.rules import Permission, Scope
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.paging import cursor_in, cursor_to
from app.api.frame.spec import WRITES, answers
from app.api.frame.versions import require_seen
from app.api.shapes import statements as shapes
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.errors import Invalid, InvalidMany, Refused
from app.statements.commands import SaveMapping
from app.statements.queries import imports_page, upload_view
from app.statements.queries.imports import uploads_page
from app.statements.rules.mapping import FIELDS, PERSONAL
from app.statements.service.looking import Looked, look
from app.statements.service.profiles import save_mapping

TAG = "statements"
POSSIBLE = [*FIELDS, PERSONAL]


@bp.get("/statements")
@needs(Scope.MONEY_READ, Permission.STATEMENT_READ)
@answers(shapes.TakenStatements, tag=TAG)
def statements_list(query: shapes.StatementsQuery) -> shapes.TakenStatements:
    """List what was taken in, with its months and sums."""
    actor, place = bearer(), cursor_in(query)
    with transaction(actor, read_only=True) as tx:
        page = imports_page(tx, actor, UUID(place) if place else None)
    items = [shapes.TakenStatement.of(row, parts) for row, parts in page.rows]
    following = str(page.next) if page.next else None
    return shapes.TakenStatements(items=items, next_cursor=cursor_to(query, following))


@bp.get("/statement-uploads")
@needs(Scope.MONEY_READ, Permission.STATEMENT_READ)
@answers(shapes.StatementUploads, tag=TAG)
def statement_uploads(query: shapes.StatementFilesQuery) -> shapes.StatementUploads:
    """List files that were handed in: all of them, or those in a state."""
    actor, place = bearer(), cursor_in(query)
    with transaction(actor, read_only=True) as tx:
        state = query.state.value if query.state else ""
        rows, further = uploads_page(tx, actor, state, UUID(place) if place else None)
    items = [shapes.StatementUploadRow.of(one) for one in rows]
    following = str(further) if further else None
    return shapes.StatementUploads(items=items, next_cursor=cursor_to(query, following))


@bp.get("/statement-uploads/<uuid:incoming_id>")
@needs(Scope.MONEY_READ, Permission.STATEMENT_READ)
@answers(shapes.HandedInStatement, tag=TAG)
def statement_upload(incoming_id: UUID) -> shapes.HandedInStatement:
    """Read how far a file is, or what came of it, with every problem."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        return shapes.HandedInStatement.of(upload_view(tx, actor, incoming_id))


@bp.get("/statement-uploads/<uuid:incoming_id>/mapping")
@needs(Scope.MONEY_READ, Permission.STATEMENT_IMPORT)
@answers(shapes.MappingProposal, tag=TAG, also=(409,))
def mapping_show(incoming_id: UUID, query: shapes.MappingQuery) -> shapes.MappingProposal:
    """Read the columns of a file that no format knows, with what stands in them and what they may be."""
    return _proposal(incoming_id, query.table)


@bp.post("/statement-uploads/<uuid:incoming_id>/mapping/previews")
@needs(Scope.MONEY_READ, Permission.STATEMENT_IMPORT)
@answers(shapes.MappingPreview, tag=TAG, also=(409, 413, 415))
def mapping_look(
    incoming_id: UUID, query: shapes.MappingQuery, json: shapes.MapColumns
) -> shapes.MappingPreview:
    """See the first lines as they would be read so. Nothing is stored."""
    return shapes.MappingPreview.of(_looked(incoming_id, query.table, json))


@bp.put("/statement-uploads/<uuid:incoming_id>/mapping")
@needs(Scope.MONEY_WRITE, Permission.STATEMENT_IMPORT)
@answers(shapes.HandedInStatement, tag=TAG, also=(*WRITES, 428))
def mapping_put(
    incoming_id: UUID, query: shapes.MappingQuery, json: shapes.SaveColumns
) -> shapes.HandedInStatement:
    """Save what the columns mean, as the next version of a name, and read the file by it in the background.

    Refused (422) with each line of the beginning that cannot be read so.
    """
    actor = bearer()
    require_seen(_proposal(incoming_id, query.table))
    looked = _looked(incoming_id, query.table, json)
    if looked.one is None or not looked.can_save:
        raise InvalidMany(_unreadable(looked))
    command = SaveMapping(incoming_id, looked.one, json.name, json.said.asked)
    with transaction(actor) as tx:
        save_mapping(tx, command, actor, services().clock)
        return shapes.HandedInStatement.of(upload_view(tx, actor, incoming_id))


def _proposal(incoming_id: UUID, table: int) -> shapes.MappingProposal:
    return shapes.MappingProposal.of(_looked(incoming_id, table), table, POSSIBLE)


def _looked(incoming_id: UUID, table: int, json: shapes.MapColumns | None = None) -> Looked:
    """The file, read as *json* says. Raises `NotFound`, `InvalidMany`, `Refused` when it waits no more."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        view = upload_view(tx, actor, incoming_id)
    if not view.is_unmapped:
        raise Refused("ended", _("This file does not wait for its columns any more."))
    looked = look(services().storage, view, table, json.said if json else None)
    if not 0 <= table < len(looked.head.tables):
        raise Invalid("table", "unknown", _("The file has no such table."))
    if json is not None and len(json.fields) != len(looked.head.header):
        words = _("Say one field for each of the %(num)s columns.", num=len(looked.head.header))
        raise Invalid("fields", "length", words)
    if looked.wrong:
        raise InvalidMany(looked.wrong)
    return looked


def _unreadable(looked: Looked) -> list[Invalid]:
    problems = looked.seen.problems if looked.seen else ()
    found = [
        Invalid(f"line {one.line}, {one.column}" if one.column else f"line {one.line}", "unreadable", one.reason)
        for one in problems
    ]  # fmt: skip
    return found or [Invalid("fields", "no_lines", _("The file has no line that can be read so."))]
