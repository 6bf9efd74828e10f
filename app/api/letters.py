"""Letters and decisions of a case, read."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from app.accounts.rules import Permission, Scope
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.spec import answers
from app.api.shapes.letters import Decision, Decisions, Letter, Letters
from app.cases.queries import case_by_ref
from app.decisions.queries import notices_of
from app.edge.sending import Download, send, stored_bytes
from app.infra.db.transaction import transaction
from app.kernel.errors import NotFound
from app.letters.queries import letter_view, letters_of
from app.letters.rules.kinds import LetterKind

TAG = "letters"
_READ, _OWN = Permission.LETTER_READ, Permission.PARTY_LETTER_READ


@bp.get("/cases/<ref>/letters")
@needs(Scope.LETTERS_READ, _READ, other=_OWN, on="case")
@answers(Letters, tag=TAG)
def letters_list(ref: str) -> Letters:
    """List the letters of a case: for a party those written to it."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        rows = letters_of(tx, actor, case_by_ref(tx, actor, ref).id)
    shown = [row for row in rows if row.is_readable or actor.is_staff]
    return Letters(items=[Letter.of(row) for row in shown])


@bp.get("/cases/<ref>/letters/<uuid:letter_id>/file")
@needs(Scope.LETTERS_READ, _READ, other=_OWN, on="case")
@answers(tag=TAG, files=("application/pdf",))
def letter_file(ref: str, letter_id: UUID) -> Response:
    """Download the PDF of a letter, as it left."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        case_id = case_by_ref(tx, actor, ref).id
        view = letter_view(tx, actor, letter_id)
    if view.row.case_id != case_id or not view.storage_key or not view.row.is_readable:
        raise NotFound("letter")
    body = stored_bytes(services().storage, view.storage_key, "")
    name = f"{view.row.number}.pdf"
    return send(Download(name, view.row.size, view.storage_key, type="application/pdf"), body)


@bp.get("/cases/<ref>/decisions")
@needs(Scope.CASES_READ, Permission.DECISION_READ, other=_OWN, on="case")
@answers(Decisions, tag="decisions")
def decisions_list(ref: str) -> Decisions:
    """List the decisions of a case that stand: for a party as its side reads them, once it was told."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        case = case_by_ref(tx, actor, ref)
        told = case.side is None or case.decided_at is not None
        if not told:
            letters = letters_of(tx, actor, case.id)
            told = any(row.is_readable and row.kind is LetterKind.DECISION for row in letters)
        rows = notices_of(tx, actor, case.id) if told else ()
    return Decisions(items=[Decision.of(row) for row in rows])
