"""How a file leaves for the store: written while its rows are read, hashed and added up on the way, there once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.corrections.queries.exports import FrozenRows
from app.corrections.rules.batches import content_changed
from app.exports.rules.form import Format
from app.exports.rules.parts import Packed
from app.exports.rules.rows import ControlTotals
from app.infra.storage.hashing import sha256_of
from app.infra.storage.pieces import Pieces
from app.infra.storage.port import AlreadyThere, Storage
from app.kernel.errors import Unavailable

FILE_LIMIT = 4 * 1024**3
"""Bytes of one export: the store copies five gigabytes at once, and a million rows stay below one."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file in the store. *sha256*, *size*: of the file as it left, whether it lies sealed or not."""

    key: str
    extension: str
    sha256: str
    size: int
    totals: ControlTotals


def write_file(
    storage: Storage, batch_id: UUID, form: Format, rows: FrozenRows, content_hash: str
) -> Written:
    """Stream the file of *rows* into the store. *content_hash*: of the rows as they were locked.

    Raises Invalid for rows that the format cannot take, Refused for rows that are not what was locked, Unavailable;
    then nothing lies in the store.
    """
    leaving = form.leaving(rows)
    waiting = storage.put_quarantine(Pieces(leaving.pieces), FILE_LIMIT)
    try:
        if rows.content_hash != content_hash:
            raise content_changed()
        key = key_of(batch_id, waiting.sha256, leaving.extension)
        _accept(storage, waiting.key, key, waiting.sha256)
    finally:
        storage.delete_quarantine(waiting.key)
    return Written(key, leaving.extension, waiting.sha256, waiting.size, rows.totals)


def write_sealed(
    storage: Storage, batch_id: UUID, plain: Packed, sealed: bytes, totals: ControlTotals
) -> Written:
    """Put a file that names accounts into the store, *sealed*; what is said of it is said of the *plain* one."""
    sha256, size = sha256_of(iter((plain.content,)))
    waiting = storage.put_quarantine(Pieces((sealed,)), FILE_LIMIT)
    key = key_of(batch_id, sha256, plain.extension)
    try:
        _accept(storage, waiting.key, key, sha256)
    finally:
        storage.delete_quarantine(waiting.key)
    return Written(key, plain.extension, sha256, size, totals)


def key_of(batch_id: UUID, sha256: str, extension: str) -> str:
    """Where a file lies: by its bytes, so that a try that was cut leaves nothing that another one trips over."""
    return f"exports/{batch_id}/{sha256}.{extension}"


def _accept(storage: Storage, waiting: str, key: str, sha256: str) -> None:
    """Write once; bytes left there by a crash before the commit are the same or an alarm."""
    try:
        storage.accept(waiting, key)
    except AlreadyThere:
        if sha256_of(storage.open(key))[0] != sha256:
            raise Unavailable("storage", "another file lies where this export belongs") from None
