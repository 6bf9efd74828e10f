"""Printing and signing letters in the background.

Both jobs may be repeated at any point: number and context are frozen before they run, bytes are
addressed by their hash, and the row takes them once (I6, B139, B180).
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from datetime import UTC, date, datetime, time
from uuid import UUID

from app.infra.jobs import Run, job
from app.infra.render.port import PdfDocument, RenderFailed, RenderFault
from app.infra.render.qr import qr_svg
from app.infra.sign.port import Signer, SignFailed
from app.infra.storage.port import AlreadyThere, Storage
from app.kernel.errors import Refused
from app.letters.queries import DOCUMENTS, LetterView, letter_html, letter_view, wording
from app.letters.rules.context import LetterContext, to_json
from app.letters.rules.kinds import RETENTION, LetterState
from app.letters.service.proofs import note_proof_failed, store_proof
from app.letters.service.results import note_problem, store_final, store_printed
from app.letters.service.rows import Signature, StoredPdf

LARGEST = 30_000_000
RETRIED = frozenset({RenderFault.CRASHED, RenderFault.WALL, RenderFault.FONTS})


@job("letters.render")
def render_letter(run: Run, letter_id: str) -> None:
    """Print a numbered letter and bind its bytes. A limit or a missing part parks the job at once."""
    key = UUID(letter_id)
    with run.transaction() as tx:
        view = letter_view(tx, run.actor, key)
    if view.row.state is not LetterState.NUMBERED:
        return
    try:
        pdf = run.services.renderer.pdf(letter_document(view.context))
    except RenderFailed as error:
        with run.transaction() as tx:
            note_problem(tx, key, error.fault, run.actor, run.clock)
        if error.fault in RETRIED:
            raise
        raise Refused("letter_not_printed", str(error.fault)) from error
    stored = _put_once(run.services.storage, pdf)
    with run.transaction() as tx:
        store_printed(tx, key, stored, wording(), run.actor, run.clock)


@job("letters.proof")
def proof_letter(run: Run, letter_id: str, version: int) -> None:
    """Print a draft for whoever reads it before it leaves. A changed draft has a job of its own."""
    key = UUID(letter_id)
    with run.transaction() as tx:
        view = letter_view(tx, run.actor, key)
    if view.row.state is not LetterState.DRAFTED or view.row.version != version:
        return
    try:
        pdf = run.services.renderer.pdf(letter_document(view.context, run.clock.now().date()))
    except RenderFailed as error:
        with run.transaction() as tx:
            note_proof_failed(tx, key, error.fault, run.actor, run.clock)
        if error.fault in RETRIED:
            raise
        raise Refused("letter_not_printed", str(error.fault)) from error
    stored = _put_once(run.services.storage, pdf, folder="proofs")
    with run.transaction() as tx:
        store_proof(tx, key, version, stored, run.actor, run.clock)


@job("letters.sign")
def sign_letter(run: Run, letter_id: str) -> None:
    """Sign a printed letter, lock the bytes in the store and let them go; without a key, as printed.

    The signature claims the time of printing, so that a repeated run gives the same bytes.
    """
    key = UUID(letter_id)
    with run.transaction() as tx:
        view = letter_view(tx, run.actor, key)
    if view.row.state is not LetterState.RENDERED or view.row.sha256 or view.printed_at is None:
        return
    try:
        pdf = printed_bytes(run.services.storage, view)
        pdf, signature = _signed(run.services.signer, pdf, view.printed_at)
    except (SignFailed, Refused) as error:
        with run.transaction() as tx:
            note_problem(tx, key, error.code, run.actor, run.clock)
        raise
    until = run.clock.now() + RETENTION
    stored = _put_once(run.services.storage, pdf, until)
    with run.transaction() as tx:
        store_final(tx, key, stored, signature, run.actor, run.clock)


def printed_bytes(storage: Storage, view: LetterView) -> bytes:
    """The bytes as printed, compared with their hash. Raises Refused when the store gives others."""
    pdf = b"".join(storage.open(view.printed_key))
    if hashlib.sha256(pdf).hexdigest() != view.row.printed_sha256:
        raise Refused("printed_bytes_changed", "the store gives other bytes than were printed")
    return pdf


def _signed(signer: Signer, pdf: bytes, moment: datetime) -> tuple[bytes, Signature | None]:
    """The bytes that leave, and who signed them."""
    if not signer.is_configured:
        return pdf, None
    signed = signer.sign(pdf, moment)
    return signed.pdf, Signature(signed.signer, signed.certificate, moment)


def letter_document(context: LetterContext, proofed_on: date | None = None) -> PdfDocument:
    """What the renderer gets: the page, its style, the code picture, and the context itself.

    The day of the letter is the only date in the file, so one context always gives the same bytes; a proof
    has no number and no code yet and bears the day *proofed_on*.
    """
    day = context.dated_on or proofed_on
    assert day is not None
    html = letter_html(context)
    data = json.dumps(to_json(context), sort_keys=True, ensure_ascii=False, indent=1)
    return PdfDocument(
        html=html,
        title=f"{context.number} {context.case.ref}".strip(),
        language=context.language,
        created_at=datetime.combine(day, time(), UTC),
        attachment=data.encode(),
        author=context.sender.name,
        resources={
            "letter.css": DOCUMENTS.resource("letters/letter.css"),
            **({"verify.svg": qr_svg(context.verify.url)} if context.verify.code else {}),
        },
    )


def _put_once(
    storage: Storage, pdf: bytes, until: datetime | None = None, *, folder: str = "letters"
) -> StoredPdf:
    """Store the bytes under their own hash; bytes that are there already are the same bytes.

    With *until* the store refuses to delete them before that moment.
    """
    held = storage.put_quarantine(io.BytesIO(pdf), LARGEST)
    assert held.sha256 == hashlib.sha256(pdf).hexdigest()
    key = f"{folder}/{held.sha256}.pdf"
    with contextlib.suppress(AlreadyThere):
        storage.accept(held.key, key)
    storage.delete_quarantine(held.key)
    if until is None:
        return StoredPdf(key, held.sha256, held.size)
    stored = storage.head(key)
    assert stored is not None
    storage.retain(key, stored.version, until)
    return StoredPdf(key, held.sha256, held.size, storage.retained_until(key, stored.version))
