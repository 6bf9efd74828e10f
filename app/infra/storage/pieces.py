"""Bytes that are made piece by piece, read as a file is read: what streams into the store."""

from __future__ import annotations

from collections.abc import Iterable


class Pieces:
    """A `Source` over *pieces*; what making them raises passes through, and then nothing was stored."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._coming = iter(pieces)
        self._waiting = memoryview(b"")

    def read(self, size: int = -1, /) -> bytes:
        """What is left of the piece at hand, at most *size* bytes; empty at the end."""
        while not self._waiting:
            piece = next(self._coming, None)
            if piece is None:
                return b""
            self._waiting = memoryview(piece)
        cut = len(self._waiting) if size < 0 else size
        chunk, self._waiting = self._waiting[:cut], self._waiting[cut:]
        return bytes(chunk)
