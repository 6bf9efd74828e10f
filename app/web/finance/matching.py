"""Lines of a statement whose recording the catalogue does not have: what they may mean, and what a person said."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from app.accounts.rules import Permission, may
from app.catalogue.queries import search_releases
from app.infra.db.transaction import transaction
from app.infra.i18n import gettext as _
from app.infra.i18n import translated
from app.kernel.errors import NotFound, Refused
from app.statements.commands import MatchRecording, TakeMatchBack
from app.statements.queries import (
    grounds_for,
    import_row,
    matches_of_key,
    suggestions_for,
    unmatched_counts,
    unmatched_page,
    unmatched_row,
)
from app.statements.service.matching import match_recording, take_match_back
from app.web.finance.face import bp
from app.web.finance.words import why_words
from app.web.shared.context import current_actor, services
from app.web.shared.idempotency import once_per_key
from app.web.shared.policy import policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

LONGEST_SEARCH = 200
FOUND = 10
"""Releases that a search shows."""


@bp.get("/finance/statements/<uuid:import_id>/matching")
@policy(Permission.STATEMENT_READ)
def matching_list(import_id: UUID) -> ResponseReturnValue:
    """What waits, by what the lines say, most lines first; or what persons matched."""
    actor, matched = current_actor(), request.args.get("show") == "matched"
    after = _uuid(request.args.get("after", ""), "page")
    with transaction(actor, read_only=True) as tx:
        view = import_row(tx, actor, import_id)
        counts = unmatched_counts(tx, actor, import_id)
        page = unmatched_page(tx, actor, import_id, after, matched=matched)
        found = {} if matched else suggestions_for(tx, actor, [row for row, _match in page.rows])
        pairs = [(row, match) for row, match in page.rows if match is not None]
        grounds = grounds_for(tx, actor, pairs)
    return render_template(
        "finance/statements/matching.html",
        view=view,
        counts=counts,
        rows=page.rows,
        found=found,
        grounds=grounds,
        why_words=why_words,
        matched=matched,
        after=after,
        can_match=may(actor, Permission.STATEMENT_IMPORT),
        next_href=_page(import_id, page.next, matched=matched) if page.next else None,
        first_href=_page(import_id, None, matched=matched) if after else None,
    )


@bp.get("/finance/statements/<uuid:import_id>/matching/<uuid:unmatched_id>")
@policy(Permission.STATEMENT_READ)
def matching_show(import_id: UUID, unmatched_id: UUID) -> ResponseReturnValue:
    """What lines of one key say, what they may mean, a search of the catalogue, and who said what."""
    actor, asked = current_actor(), request.args.get("q", "").strip()[:LONGEST_SEARCH]
    with transaction(actor, read_only=True) as tx:
        row = unmatched_row(tx, actor, import_id, unmatched_id)
        history = matches_of_key(tx, actor, row.key) if row.key else ()
        found = suggestions_for(tx, actor, [row]).get(row.id, ())
        grounds = grounds_for(tx, actor, [(row, one) for one in history])
        searched = search_releases(tx, actor, asked, limit=FOUND) if asked else None
    return render_template(
        "finance/statements/match.html",
        row=row,
        history=history,
        live=next((one for one in history if one.ended_at is None), None),
        found=found,
        grounds=grounds,
        why_words=why_words,
        asked=asked,
        searched=searched,
        can_match=may(actor, Permission.STATEMENT_IMPORT),
    )


@bp.post("/finance/statements/<uuid:import_id>/matching/<uuid:unmatched_id>")
@policy(Permission.STATEMENT_IMPORT)
@once_per_key
def matching_match(import_id: UUID, unmatched_id: UUID) -> ResponseReturnValue:
    """These lines, and later ones that say the same, mean this recording."""
    actor, recording = current_actor(), _uuid(request.form.get("recording", ""), "recording")
    if recording is None:
        raise NotFound("recording")
    command = MatchRecording(import_id, unmatched_id, recording)
    try:
        with transaction(actor) as tx:
            match_recording(tx, command, actor, services().clock)
        flash(_("Matched. Lines that say the same mean this recording from now on."), "ok")
    except Refused as error:
        flash(translated(error.message), "warn")
    after = _uuid(request.form.get("after", ""), "page")
    return redirect(_page(import_id, after, matched=False), 303)


@bp.post("/finance/statements/<uuid:import_id>/matching/<uuid:unmatched_id>/take-back")
@policy(Permission.STATEMENT_IMPORT)
@once_per_key
def matching_take_back(import_id: UUID, unmatched_id: UUID) -> ResponseReturnValue:
    """What was said of these lines holds no more."""
    actor, match = current_actor(), _uuid(request.form.get("match", ""), "match")
    if match is None:
        raise NotFound("statement_match")
    command = TakeMatchBack(import_id, unmatched_id, match)
    try:
        with transaction(actor) as tx:
            take_match_back(tx, command, actor, services().clock)
        flash(_("Taken back. These lines wait again."), "ok")
    except Refused as error:
        flash(translated(error.message), "warn")
    return redirect(
        url_for("finance.matching_show", import_id=import_id, unmatched_id=unmatched_id), 303
    )


def _page(import_id: UUID, after: UUID | None, *, matched: bool) -> str:
    """A page of the list; the first one without *after*."""
    show = "matched" if matched else None
    return url_for("finance.matching_list", import_id=import_id, after=after, show=show)


def _uuid(text: str, what: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound(what) from error
