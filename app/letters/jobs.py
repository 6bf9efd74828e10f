"""Printing letters in the background.

`letters.render` may be repeated at any point: the number and the context are frozen before it runs,
the bytes are addressed by their hash, and the row takes them once (I6, B139, B180).
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from datetime import UTC, datetime, time
from uuid import UUID

from app.infra.jobs import Run, job
from app.infra.render.port import PdfDocument, RenderFailed, RenderFault
from app.infra.render.qr import qr_svg
from app.infra.storage.port import AlreadyThere, Storage
from app.kernel.errors import Refused
from app.letters.queries import DOCUMENTS, letter_html, letter_view
from app.letters.rules.context import LetterContext, to_json
from app.letters.rules.kinds import LetterState
from app.letters.service.results import note_problem, store_bytes
from app.letters.service.rows import StoredPdf

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
        store_bytes(tx, key, stored, run.actor, run.clock)


def letter_document(context: LetterContext) -> PdfDocument:
    """What the renderer gets: the page, its style, the code picture, and the context itself.

    The day of the letter is the only date in the file, so one context always gives the same bytes.
    """
    assert context.dated_on is not None
    html = letter_html(context)
    data = json.dumps(to_json(context), sort_keys=True, ensure_ascii=False, indent=1)
    return PdfDocument(
        html=html,
        title=f"{context.number} {context.case.ref}",
        language=context.language,
        created_at=datetime.combine(context.dated_on, time(), UTC),
        attachment=data.encode(),
        author=context.sender.name,
        resources={
            "letter.css": DOCUMENTS.resource("letters/letter.css"),
            "verify.svg": qr_svg(context.verify.url),
        },
    )


def _put_once(storage: Storage, pdf: bytes) -> StoredPdf:
    """Store the bytes under their own hash; bytes that are there already are the same bytes."""
    held = storage.put_quarantine(io.BytesIO(pdf), LARGEST)
    assert held.sha256 == hashlib.sha256(pdf).hexdigest()
    key = f"letters/{held.sha256}.pdf"
    with contextlib.suppress(AlreadyThere):
        storage.accept(held.key, key)
    storage.delete_quarantine(held.key)
    return StoredPdf(key, held.sha256, held.size, DOCUMENTS.fingerprint("letters"))
