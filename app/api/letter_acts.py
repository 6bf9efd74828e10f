"""Letters that the desk writes by hand: drafted, changed, proofed, sent as the proof shows them, replaced, made void."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for

from app.accounts.rules import Permission, Scope
from app.api.face import bp
from app.api.frame.access import needs
from app.api.frame.context import bearer, services
from app.api.frame.once import once_per_key
from app.api.frame.spec import WRITES, answers
from app.api.frame.versions import require_seen
from app.api.letters import TAG, letter_in, shown_letter
from app.api.shapes import letters as shapes
from app.api.shapes.decisions import SayWhy
from app.cases.queries import case_by_ref
from app.edge.sending import Download, send, stored_bytes
from app.infra.db.transaction import Tx, transaction
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.letters.commands import EditLetter, SendLetter, VoidLetter
from app.letters.queries import LetterView
from app.letters.rules.context import Sender
from app.letters.service.drafts import edit_letter
from app.letters.service.proofs import ask_proof
from app.letters.service.results import void_letter
from app.letters.service.sending import replace_letter, send_letter
from app.workflows.letters import StartLetter, start_letter

_WRITE, _DRAFT, _ISSUE = Scope.LETTERS_WRITE, Permission.LETTER_DRAFT, Permission.LETTER_ISSUE
Made = tuple[shapes.LetterFull, int, dict[str, str]]


@bp.post("/cases/<ref>/letters")
@needs(_WRITE, _DRAFT, on="case")
@once_per_key
@answers(shapes.LetterFull, status=201, tag=TAG, also=WRITES)
def letter_start(ref: str, json: shapes.StartLetter) -> Made:
    """Draft a letter from what the case knows. A proof of it is printed as soon as nothing is missing."""
    actor, settings = bearer(), services().settings
    with transaction(actor) as tx:
        case_id = case_by_ref(tx, actor, ref).id
        sender = Sender(settings.product_name, (), settings.mail_from)
        command = StartLetter(case_id, json.kind, json.to, sender)
        row = start_letter(tx, command, actor, services().clock)
        return _made(tx, actor, ref, row.id)


@bp.patch("/cases/<ref>/letters/<uuid:letter_id>")
@needs(_WRITE, _DRAFT, on="case")
@answers(shapes.LetterFull, tag=TAG, also=(*WRITES, 428))
def letter_edit(ref: str, letter_id: UUID, json: shapes.EditLetter) -> shapes.LetterFull:
    """Change the words of a draft's blocks; a new proof follows."""
    actor = bearer()
    with transaction(actor) as tx:
        seen = _seen(tx, actor, ref, letter_id)
        command = EditLetter(letter_id, seen.row.version, json.blocks)
        edit_letter(tx, command, actor, services().clock)
        return _shown(tx, actor, ref, letter_id)


@bp.post("/cases/<ref>/letters/<uuid:letter_id>/proof")
@needs(_WRITE, _DRAFT, on="case")
@answers(shapes.LetterFull, tag=TAG, also=(409, 412, 428))
def letter_proof(ref: str, letter_id: UUID) -> shapes.LetterFull:
    """Have a draft printed once more: after a failed print, or when the wording changed."""
    actor = bearer()
    with transaction(actor) as tx:
        seen = _seen(tx, actor, ref, letter_id)
        ask_proof(tx, letter_id, seen.row.version, actor, services().clock)
        return _shown(tx, actor, ref, letter_id)


@bp.get("/cases/<ref>/letters/<uuid:letter_id>/proof")
@needs(Scope.LETTERS_READ, Permission.LETTER_READ, on="case")
@answers(tag=TAG, files=("application/pdf",))
def letter_proof_file(ref: str, letter_id: UUID) -> Response:
    """Download the newest proof of a draft."""
    actor = bearer()
    with transaction(actor, read_only=True) as tx:
        view = letter_in(tx, actor, ref, letter_id)
    if not view.proof_key:
        raise NotFound("proof")
    body = stored_bytes(services().storage, view.proof_key, "")
    file = Download("proof.pdf", view.row.proof_size, view.proof_key, type="application/pdf")
    return send(file, body)


@bp.post("/cases/<ref>/letters/<uuid:letter_id>/send")
@needs(_WRITE, _ISSUE, on="case")
@once_per_key
@answers(shapes.LetterFull, tag=TAG, also=(*WRITES, 428))
def letter_send(ref: str, letter_id: UUID, json: shapes.SendLetter) -> shapes.LetterFull:
    """Give a draft its number exactly as its proof shows it; printing, signing and telling the side follow."""
    actor, ports = bearer(), services()
    with transaction(actor) as tx:
        seen = _seen(tx, actor, ref, letter_id)
        command = SendLetter(letter_id, seen.row.version, json.proof, ports.settings.base_url)
        send_letter(tx, command, actor, ports.clock)
        return _shown(tx, actor, ref, letter_id)


@bp.post("/cases/<ref>/letters/<uuid:letter_id>/void")
@needs(_WRITE, _ISSUE, on="case")
@once_per_key
@answers(shapes.LetterFull, tag=TAG, also=(*WRITES, 428))
def letter_void(ref: str, letter_id: UUID, json: SayWhy) -> shapes.LetterFull:
    """Drop a draft, or give up a number that was not sent, with the reason."""
    actor = bearer()
    with transaction(actor) as tx:
        _seen(tx, actor, ref, letter_id)
        void_letter(tx, VoidLetter(letter_id, json.reason), actor, services().clock)
        return _shown(tx, actor, ref, letter_id)


@bp.post("/cases/<ref>/letters/<uuid:letter_id>/replace")
@needs(_WRITE, _DRAFT, on="case")
@once_per_key
@answers(shapes.LetterFull, status=201, tag=TAG, also=(409,))
def letter_replace(ref: str, letter_id: UUID) -> Made:
    """Begin the letter that takes the place of one that left, and says so."""
    actor = bearer()
    with transaction(actor) as tx:
        letter_in(tx, actor, ref, letter_id)
        row = replace_letter(tx, letter_id, actor, services().clock)
        return _made(tx, actor, ref, row.id)


def _seen(tx: Tx, actor: Actor, ref: str, letter_id: UUID) -> LetterView:
    """The letter that `If-Match` names. Raises as `require_seen`."""
    view = letter_in(tx, actor, ref, letter_id)
    require_seen(shown_letter(tx, actor, view))
    return view


def _shown(tx: Tx, actor: Actor, ref: str, letter_id: UUID) -> shapes.LetterFull:
    return shown_letter(tx, actor, letter_in(tx, actor, ref, letter_id))


def _made(tx: Tx, actor: Actor, ref: str, letter_id: UUID) -> Made:
    where = url_for("api.letter_show", ref=ref, letter_id=letter_id)
    return _shown(tx, actor, ref, letter_id), 201, {"Location": where}
