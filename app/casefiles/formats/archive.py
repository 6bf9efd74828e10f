"""A ZIP that is never whole anywhere but in the store: written piece by piece while it is read."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime

from app.casefiles.rules import BAG, Entry, bag_info, manifest_of

Part = tuple[str, Iterable[bytes]]
_PIECE = 1024 * 1024


class _Drain(io.RawIOBase):
    """Takes what the ZIP writer writes and gives it away again; it cannot be sought."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, piece: object, /) -> int:
        """Keep *piece* until somebody takes it."""
        body = bytes(piece)  # type: ignore[call-overload]
        self._waiting += body
        return len(body)

    def take(self) -> bytes:
        """Everything written since the last time."""
        body = bytes(self._waiting)
        self._waiting.clear()
        return body


class Archive:
    """A bag as a source of bytes. *entries*: what was packed, known when all was read."""

    def __init__(self, parts: Iterable[Part], ref: str, reader: str, made_at: datetime) -> None:
        self.entries: list[Entry] = []
        self._hash = hashlib.sha256()
        self._of = (ref, reader, made_at)
        self._pieces = self._written(parts)
        self._waiting = b""

    @property
    def sha256(self) -> str:
        """Hash of the ZIP, as far as it was read."""
        return self._hash.hexdigest()

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, at most *size*; empty at the end."""
        while not self._waiting:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._waiting = piece
        cut = len(self._waiting) if size < 0 else size
        chunk, self._waiting = self._waiting[:cut], self._waiting[cut:]
        self._hash.update(chunk)
        return chunk

    def _written(self, parts: Iterable[Part]) -> Iterator[bytes]:
        drain = _Drain()
        with zipfile.ZipFile(drain, "w", zipfile.ZIP_STORED) as made:
            for path, body in parts:
                yield from self._packed(made, drain, path, body)
            for path, text in self._tags():
                made.writestr(self._info(path), text)
        yield drain.take()

    def _packed(
        self, made: zipfile.ZipFile, drain: _Drain, path: str, body: Iterable[bytes]
    ) -> Iterator[bytes]:
        running, size = hashlib.sha256(), 0
        with made.open(self._info(path), "w", force_zip64=True) as member:
            for chunk in body:
                running.update(chunk)
                size += len(chunk)
                member.write(chunk)
                if piece := drain.take():
                    yield piece
        self.entries.append(Entry(path, size, running.hexdigest()))

    def _tags(self) -> list[tuple[str, str]]:
        """The files about the files, and their own manifest."""
        ref, reader, made_at = self._of
        tags = [
            ("bagit.txt", BAG),
            ("bag-info.txt", bag_info(ref, reader, made_at, self.entries)),
            ("manifest-sha256.txt", manifest_of(self.entries)),
        ]
        sums = [Entry(path, 0, hashlib.sha256(text.encode()).hexdigest()) for path, text in tags]
        return [*tags, ("tagmanifest-sha256.txt", manifest_of(sums))]

    def _info(self, path: str) -> zipfile.ZipInfo:
        made_at = self._of[2]
        return zipfile.ZipInfo(path, made_at.timetuple()[:6])
