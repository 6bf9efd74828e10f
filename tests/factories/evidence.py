"""Files of a case, added through the service into the store of the running application."""

from __future__ import annotations

import io
from contextlib import nullcontext
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from app.evidence.commands import ReceiveUpload
from app.evidence.service import receive_upload
from app.evidence.service.intake import ReceivedItem
from app.infra.db.transaction import transaction
from app.kernel.actor import Actor
from app.kernel.sides import Side

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def pdf(words: str = "split sheet") -> bytes:
    """A small harmless PDF; other words make other bytes."""
    return PDF.replace(b"endobj", f"endobj\n% {words}".encode())


def make_item(
    actor: Actor,
    case_id: UUID,
    *,
    body: bytes | None = None,
    name: str = "split-sheet.pdf",
    side: Side | None = None,
    key: str = "",
    tx: Session | None = None,
) -> ReceivedItem:
    """One received file; committed at once without *tx*. Needs an application context."""
    ports = current_app.extensions["redress"]
    command = ReceiveUpload(case_id, side, name, "application/pdf", key)
    source = io.BytesIO(pdf(name) if body is None else body)
    with nullcontext(tx) if tx is not None else transaction(actor) as own:
        assert own is not None
        return receive_upload(own, command, source, ports.storage, actor, ports.clock)
