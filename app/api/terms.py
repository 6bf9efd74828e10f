"""Terms: rows in force, changes, ownership conflicts, single rows, and files to look at and take in."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from app.accounts.rules import Permission, Scope
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.once import once_per_key
from app.api.frame.paging import cursor_in, cursor_to
from app.api.frame.spec import WRITES, answers
from app.api.frame.versions import require_seen
from app.api.shapes import terms as shapes
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.kernel.errors import Invalid, InvalidMany
from app.kernel.filenames import safe_name
from app.terms.commands import AddRow, EndRow, Way
from app.terms.queries import (
    conflicts_page,
    newest_version,
    row_of_version,
    terms_page,
    terms_row,
    versions_page,
)
from app.terms.rules.cells import row_from
from app.terms.rules.rows import COLUMNS, MORE, Table
from app.terms.service import add_row, end_row, import_terms, preview, read_file

TAG = "terms"


@bp.get("/terms")
@needs(Scope.MONEY_READ, Permission.TERMS_READ)
@answers(shapes.Terms, tag=TAG)
def terms_list(query: shapes.TermsQuery) -> shapes.Terms:
    """List the rows of a table that are in force: all of them, or those that name a recording, a payee, a month or a currency."""
    actor, place = bearer(), cursor_in(query)
    with transaction(actor, read_only=True) as tx:
        page = terms_page(tx, actor, query.table, query.find, UUID(place) if place else None)
    following = str(page.next) if page.next else None
    items = [shapes.Term.of(one) for one in page.rows]
    return shapes.Terms(items=items, next_cursor=cursor_to(query, following))


@bp.get("/terms/versions")
@needs(Scope.MONEY_READ, Permission.TERMS_READ)
@answers(shapes.TermsVersions, tag=TAG)
def terms_versions(query: shapes.ChangesQuery) -> shapes.TermsVersions:
    """List changes, the newest first: who, when, how many rows."""
    actor, place = bearer(), cursor_in(query)
    with transaction(actor, read_only=True) as tx:
        rows, further = versions_page(tx, actor, int(place) if place else None)
    following = str(further) if further else None
    items = [shapes.TermsVersion.of(one) for one in rows]
    return shapes.TermsVersions(items=items, next_cursor=cursor_to(query, following))


@bp.get("/terms/conflicts")
@needs(Scope.MONEY_READ, Permission.TERMS_READ)
@answers(shapes.OwnershipConflicts, tag=TAG)
def terms_conflicts(query: shapes.ConflictsQuery) -> shapes.OwnershipConflicts:
    """List where shares add up to more than the whole, and who holds what. A page may be empty and still have a next one."""
    actor, place = bearer(), cursor_in(query) or ""
    with transaction(actor, read_only=True) as tx:
        page = conflicts_page(tx, actor, place)
    items = [shapes.OwnershipConflict.of(one) for one in page.rows]
    return shapes.OwnershipConflicts(items=items, next_cursor=cursor_to(query, page.next))


@bp.post("/terms/imports")
@needs(Scope.MONEY_WRITE, Permission.TERMS_CHANGE)
@once_per_key
@answers(shapes.TermsTaken, tag=TAG, also=WRITES)
def terms_take_in(json: shapes.TakeInTerms) -> shapes.TermsTaken:
    """Take in a file: the whole of it, or each problem by line and column. The same file again changes nothing."""
    actor = bearer()
    source = json.source(safe_name(json.name))
    with (
        read_file(json.table, source, Way.API, json.asked) as command,
        transaction(actor) as tx,
    ):
        looked = replace(command, seen=json.seen)
        change = import_terms(tx, looked, actor, services().clock)
    return shapes.TermsTaken.of(change)


@bp.post("/terms/previews")
@needs(Scope.MONEY_READ, Permission.TERMS_CHANGE)
@answers(shapes.TermsPreview, tag=TAG, also=(413, 415))
def terms_look(json: shapes.TermsFile) -> shapes.TermsPreview:
    """See what a file would change, or each problem by line and column. Nothing is stored."""
    actor = bearer()
    source = json.source(safe_name(json.name))
    with (
        read_file(json.table, source, Way.API, json.asked) as command,
        transaction(actor, read_only=True) as tx,
    ):
        seen, change = newest_version(tx), preview(tx, command, actor)
    return shapes.TermsPreview.of(change, json.table, seen)


@bp.post("/terms/rows")
@needs(Scope.MONEY_WRITE, Permission.TERMS_CHANGE)
@once_per_key
@answers(shapes.Term, status=201, tag=TAG, also=WRITES)
def terms_add(json: shapes.AddTerm) -> tuple[shapes.Term, int]:
    """Add one row, with a reason. One that contradicts a row in force is refused: end that one first."""
    actor = bearer()
    row = row_from(json.table, _known(json.table, json.values))
    with transaction(actor) as tx:
        change = add_row(tx, AddRow(row, json.reason, Way.API), actor, services().clock)
        made = row_of_version(tx, actor, json.table, change.version or 0)
    return shapes.Term.of(made), 201


@bp.get("/terms/rows/<uuid:row_id>")
@needs(Scope.MONEY_READ, Permission.TERMS_READ)
@answers(shapes.Term, tag=TAG)
def terms_show(row_id: UUID, query: shapes.TermQuery) -> shapes.Term:
    """Read one row in force."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        return shapes.Term.of(terms_row(tx, actor, query.table, row_id))


@bp.post("/terms/rows/<uuid:row_id>/end")
@needs(Scope.MONEY_WRITE, Permission.TERMS_CHANGE)
@once_per_key
@answers(shapes.TermsTaken, tag=TAG, also=(*WRITES, 428))
def terms_end(row_id: UUID, query: shapes.TermQuery, json: shapes.EndTerm) -> shapes.TermsTaken:
    """End a row that was read, with a reason. It stays in the history."""
    actor = bearer()
    with transaction(actor) as tx:
        require_seen(shapes.Term.of(terms_row(tx, actor, query.table, row_id)))
        command = EndRow(query.table, row_id, json.reason, Way.API)
        change = end_row(tx, command, actor, services().clock)
    return shapes.TermsTaken.of(change)


def _known(table: Table, values: dict[str, str]) -> dict[str, str]:
    """*values*, when each is of a column that the table has. Raises `InvalidMany`."""
    possible = [*(name for name, _kind in COLUMNS[table]), *MORE[table]]
    words = _("No such column. Possible: %(names)s.", names=", ".join(possible))
    wrong = [
        Invalid(f"values.{name}", "column_unknown", words)
        for name in values
        if name not in possible
    ]
    if wrong:
        raise InvalidMany(wrong)
    return values
