"""The one answer that carries a stored file: always an attachment that no browser may run (B021-B024)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response

from app.infra.storage.port import ObjectMissing, Storage
from app.kernel.errors import Unavailable
from app.kernel.filenames import content_disposition

SANDBOX = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"


@dataclass(frozen=True, slots=True)
class Download:
    """What goes over the wire. *size*: bytes, so that a cut download shows."""

    name: str
    size: int
    key: str
    version: str = ""
    type: str = "application/octet-stream"


def stored_bytes(storage: Storage, key: str, version: str) -> Iterator[bytes]:
    """The stream, begun before any header is sent: a store that fails is a 503, not a cut file."""
    try:
        return iter(storage.open(key, version))
    except ObjectMissing as error:
        raise Unavailable("storage") from error


def send(what: Download, body: Iterator[bytes]) -> Response:
    """The one answer that carries a stored file."""
    response = Response(body, content_type=what.type)
    response.headers["Content-Length"] = str(what.size)
    response.headers["Content-Disposition"] = content_disposition(what.name)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Accept-Ranges"] = "none"
    return response
