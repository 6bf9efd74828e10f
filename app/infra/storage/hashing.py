"""Reading a source in pieces under a limit with a running SHA-256, shared by every storage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from app.infra.storage.port import CHUNK, Source, TooLarge


class HashingReader:
    """Pulls from a source, counts, hashes, and stops at limit + 1 bytes."""

    def __init__(self, source: Source, limit: int) -> None:
        self._source = source
        self._limit = limit
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """64 hex digits of what has been read so far."""
        return self._hash.hexdigest()

    def pieces(self, size: int) -> Iterator[bytes]:
        """Pieces of exactly *size* bytes (the last may be shorter). Raises `TooLarge`."""
        waiting = bytearray()
        while chunk := self._source.read(CHUNK):
            self.size += len(chunk)
            if self.size > self._limit:
                raise TooLarge(self._limit)
            self._hash.update(chunk)
            waiting += chunk
            while len(waiting) >= size:
                yield bytes(waiting[:size])
                del waiting[:size]
        if waiting:
            yield bytes(waiting)


def sha256_of(pieces: Iterator[bytes]) -> tuple[str, int]:
    """Hash and length of *pieces*."""
    running, size = hashlib.sha256(), 0
    for piece in pieces:
        running.update(piece)
        size += len(piece)
    return running.hexdigest(), size
