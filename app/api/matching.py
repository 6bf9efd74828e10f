"""Lines of a statement whose recording the catalogue does not have: what they may mean, and what a person says."""

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
from app.api.shapes import matching as shapes
from app.infra.db.transaction import Tx, transaction
from app.infra.i18n import gettext as _
from app.kernel.actor import Actor
from app.kernel.errors import Refused
from app.kernel.text import clean_text
from app.statements.commands import MatchRecording, TakeMatchBack
from app.statements.queries import (
    grounds_for,
    import_row,
    matches_of_key,
    suggestions_for,
    unmatched_page,
    unmatched_row,
)
from app.statements.service.matching import MOST_REASON, match_recording, take_match_back

TAG = "statements"


@bp.get("/statements/<uuid:import_id>/unmatched")
@needs(Scope.MONEY_READ, Permission.STATEMENT_READ)
@answers(shapes.UnmatchedGroups, tag=TAG)
def unmatched_list(import_id: UUID, query: shapes.UnmatchedQuery) -> shapes.UnmatchedGroups:
    """List what waits for a recording, by what the lines say, with suggestions; or what persons matched."""
    actor, place = bearer(), cursor_in(query)
    matched = query.state is shapes.MatchedOrNot.MATCHED
    with transaction(actor, read_only=True) as tx:
        import_row(tx, actor, import_id)
        page = unmatched_page(tx, actor, import_id, UUID(place) if place else None, matched=matched)
        found = {} if matched else suggestions_for(tx, actor, [row for row, _match in page.rows])
        pairs = [(row, match) for row, match in page.rows if match is not None]
        grounds = grounds_for(tx, actor, pairs)
    items = [
        shapes.UnmatchedGroup.of(row, found.get(row.id, ()), match, grounds)
        for row, match in page.rows
    ]
    following = str(page.next) if page.next else None
    return shapes.UnmatchedGroups(items=items, next_cursor=cursor_to(query, following))


@bp.get("/statements/<uuid:import_id>/unmatched/<uuid:unmatched_id>")
@needs(Scope.MONEY_READ, Permission.STATEMENT_READ)
@answers(shapes.UnmatchedDetail, tag=TAG)
def unmatched_show(import_id: UUID, unmatched_id: UUID) -> shapes.UnmatchedDetail:
    """Read one group: what it may mean, and everything that persons said of it."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        return _shown(tx, actor, import_id, unmatched_id)


@bp.post("/statements/<uuid:import_id>/unmatched/<uuid:unmatched_id>/match")
@needs(Scope.MONEY_WRITE, Permission.STATEMENT_IMPORT)
@once_per_key
@answers(shapes.UnmatchedDetail, tag=TAG, also=(*WRITES, 428))
def unmatched_match(
    import_id: UUID, unmatched_id: UUID, json: shapes.MatchGroup
) -> shapes.UnmatchedDetail:
    """Say which recording these lines mean, and later ones that say the same, with a reason."""
    actor = bearer()
    with transaction(actor) as tx:
        require_seen(_shown(tx, actor, import_id, unmatched_id))
        command = MatchRecording(import_id, unmatched_id, json.recording_id, _why(json.reason))
        match_recording(tx, command, actor, services().clock)
        return _shown(tx, actor, import_id, unmatched_id)


@bp.post("/statements/<uuid:import_id>/unmatched/<uuid:unmatched_id>/unmatch")
@needs(Scope.MONEY_WRITE, Permission.STATEMENT_IMPORT)
@once_per_key
@answers(shapes.UnmatchedDetail, tag=TAG, also=(*WRITES, 428))
def unmatched_unmatch(
    import_id: UUID, unmatched_id: UUID, json: shapes.UnmatchGroup
) -> shapes.UnmatchedDetail:
    """Take back what was said of these lines, with a reason. They wait again; what was said stays readable."""
    actor = bearer()
    with transaction(actor) as tx:
        seen = _shown(tx, actor, import_id, unmatched_id)
        require_seen(seen)
        if seen.match is None:
            raise Refused("unmatched", _("Nobody has said what these lines mean."))
        command = TakeMatchBack(import_id, unmatched_id, seen.match.id, _why(json.reason))
        take_match_back(tx, command, actor, services().clock)
        return _shown(tx, actor, import_id, unmatched_id)


def _why(reason: str) -> str:
    """A reason that says something. Raises `Invalid`."""
    return clean_text(reason, field="reason", max_length=MOST_REASON, required=True)


def _shown(tx: Tx, actor: Actor, import_id: UUID, unmatched_id: UUID) -> shapes.UnmatchedDetail:
    row = unmatched_row(tx, actor, import_id, unmatched_id)
    history = matches_of_key(tx, actor, row.key) if row.key else ()
    found = suggestions_for(tx, actor, [row]).get(row.id, ())
    grounds = grounds_for(tx, actor, [(row, one) for one in history])
    return shapes.UnmatchedDetail.read(row, found, history, grounds)
