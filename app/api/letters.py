"""Letters and decisions of a case, read; a letter checked by its code."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request

from app.accounts.rules import Permission, Scope, may
from app.api.face import bp
from app.api.frame.access import needs, spend
from app.api.frame.context import bearer, services
from app.api.frame.spec import answers
from app.api.shapes.letters import Decision, Decisions, Letter, LetterFull, Letters, Verified
from app.cases.queries import case_by_ref
from app.decisions.queries import notices_of
from app.edge.limits import LINK_ADDRESS
from app.edge.sending import Download, send, stored_bytes
from app.infra.db.transaction import Tx, transaction
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.letters.queries import LetterView, letter_by_code, letter_view, letters_of
from app.letters.rules.kinds import LetterKind
from app.letters.rules.numbers import parse_code
from app.letters.service.proofs import sendable

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


@bp.get("/cases/<ref>/letters/<uuid:letter_id>")
@needs(Scope.LETTERS_READ, _READ, other=_OWN, on="case")
@answers(LetterFull, tag=TAG)
def letter_show(ref: str, letter_id: UUID) -> LetterFull:
    """Read a letter: for a party one that left to it."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        return shown_letter(tx, actor, letter_in(tx, actor, ref, letter_id))


def letter_in(tx: Tx, actor: Actor, ref: str, letter_id: UUID) -> LetterView:
    """The letter, of the case in the address. Raises `NotFound`, for parties also before it left."""
    case_id = case_by_ref(tx, actor, ref).id
    view = letter_view(tx, actor, letter_id)
    if view.row.case_id != case_id or not (view.row.is_readable or may(actor, _READ)):
        raise NotFound("letter")
    return view


def shown_letter(tx: Tx, actor: Actor, view: LetterView) -> LetterFull:
    """The letter as this reader sees it: what its ETag is made of."""
    return LetterFull.of_view(view, you_may_send=sendable(tx, view.row, actor))


@bp.get("/letters/<code>")
@needs(Scope.LETTERS_READ, _READ, other=_OWN)
@answers(Verified, tag=TAG)
def letter_verify(code: str) -> Verified:
    """Check a letter by the code on it, as anybody may on the page /verify. Compare the sha256 with your file's."""
    parsed = parse_code(code)
    spend(LINK_ADDRESS, request.remote_addr or "unknown")
    with transaction(Actor.system("api:verify"), read_only=True) as tx:
        found = letter_by_code(tx, parsed) if parsed else None
    if found is None:
        raise NotFound("letter")
    return Verified.of(found)


@bp.get("/cases/<ref>/letters/<uuid:letter_id>/file")
@needs(Scope.LETTERS_READ, _READ, other=_OWN, on="case")
@answers(tag=TAG, files=("application/pdf",))
def letter_file(ref: str, letter_id: UUID) -> Response:
    """Download the PDF of a letter, as it left."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        view = letter_in(tx, actor, ref, letter_id)
    if not view.storage_key or not view.row.is_readable:
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
