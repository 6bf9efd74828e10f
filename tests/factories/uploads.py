"""Files in parts, sent as a browser would, through the services of the running application."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from flask import current_app

from app.evidence.commands import BeginUpload, CompleteUpload, SignParts
from app.evidence.queries.uploads import UploadView, upload_by_id
from app.evidence.service import begin_upload, complete_upload, sign_parts
from app.infra.db.transaction import transaction
from app.infra.storage.port import PART
from app.kernel.actor import Actor
from tests.support.parts import checksum, put_part

LIMIT = 5_000_000_000


@dataclass
class Sender:
    """A browser with one file: begins, puts parts, completes. *body*: what it has on its disk."""

    actor: Actor
    case_id: UUID
    body: bytes
    name: str = "stems.zip"
    key: str = field(default_factory=lambda: uuid4().hex)
    upload_id: UUID | None = None

    @property
    def ports(self) -> Any:
        """Services of the application."""
        return current_app.extensions["redress"]

    def begin(self, *, size: int | None = None, limit: int = LIMIT) -> UploadView:
        """Announce it."""
        command = BeginUpload(
            self.case_id, None, self.name, "application/zip", len(self.body) if size is None else size, 1, self.key
        )  # fmt: skip
        with transaction(self.actor) as tx:
            view = begin_upload(
                tx, command, self.ports.storage, limit, self.actor, self.ports.clock
            )
        self.upload_id = view.id
        return view

    def pieces(self) -> list[bytes]:
        """The file in parts."""
        return [self.body[at : at + PART] for at in range(0, len(self.body), PART)]

    def put(self, *numbers: int) -> bool:
        """Sign and send these parts, or all."""
        pieces = self.pieces()
        assert self.upload_id is not None
        chosen = numbers or range(1, len(pieces) + 1)
        wanted = tuple((n, checksum(pieces[n - 1])) for n in chosen)
        with transaction(self.actor) as tx:
            signed = sign_parts(
                tx, SignParts(self.upload_id, wanted), self.ports.storage, self.actor
            )
        return all(
            put_part(self.ports.storage, one.url, pieces[one.number - 1], one.headers)
            for one in signed
        )

    def complete(self, *, sha256: str = "") -> UploadView:
        """Say that all is there."""
        assert self.upload_id is not None
        told = sha256 or hashlib.sha256(self.body).hexdigest()
        sums = tuple(checksum(piece) for piece in self.pieces())
        with transaction(self.actor) as tx:
            return complete_upload(
                tx, CompleteUpload(self.upload_id, told, sums),
                self.ports.storage, self.actor, self.ports.clock,
            )  # fmt: skip

    def stands(self) -> UploadView:
        """How it stands now."""
        assert self.upload_id is not None
        with transaction(self.actor, read_only=True) as tx:
            return upload_by_id(tx, self.actor, self.upload_id)

    def sends_all(self) -> UploadView:
        """From beginning to end, without the check."""
        self.begin()
        assert self.put()
        return self.complete()
