"""A target that takes so many lines a file gets several files, packed into one archive of the same bytes each time.

Everything here passes through: of the text a piece is held, of an archive one of its files.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

ARCHIVE_TYPE = "application/zip"
ARCHIVE = "zip"
PIECE = 64 * 1024
"""Characters, about, that are encoded at once."""
_MADE = (1980, 1, 1, 0, 0, 0)
"""The first moment an archive can name: ours say the same each time."""
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Packed:
    """What leaves: the file, or the archive of the files. *extension*: without a dot."""

    content: bytes
    extension: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """What leaves, piece by piece; *pieces* are gone through once and may raise Invalid at any of them."""

    pieces: Iterator[bytes]
    extension: str

    def whole(self) -> Packed:
        """All of it at once, for who has the memory."""
        return Packed(b"".join(self.pieces), self.extension)


def encoded(texts: Iterable[str], size: int = PIECE) -> Iterator[bytes]:
    """*texts* one after the other as UTF-8, in pieces of *size* characters or a text more; no piece is empty."""
    waiting: list[str] = []
    filled = 0
    for text in texts:
        waiting.append(text)
        filled += len(text)
        if filled >= size:
            yield "".join(waiting).encode()
            waiting, filled = [], 0
    if filled:
        yield "".join(waiting).encode()


def packed(parts: Iterable[bytes], name: str, extension: str) -> Leaving:
    """One part is the file itself; more are stored unpressed as `<name>-001.<extension>` and on, in order.

    Unpressed, since the bytes a compressor gives may change with its version. Makes the first two parts at once:
    they say which of both it is.
    """
    coming = iter(parts)
    first, second = next(coming), next(coming, None)
    if second is None:
        return Leaving(iter((first,)), extension)
    return Leaving(_archived(chain((first, second), coming), name, extension), ARCHIVE)


def _archived(parts: Iterable[bytes], name: str, extension: str) -> Iterator[bytes]:
    window = _Window()
    with zipfile.ZipFile(window, "w", zipfile.ZIP_STORED) as archive:
        for number, part in enumerate(parts, start=1):
            entry = zipfile.ZipInfo(f"{name}-{number:03}.{extension}", _MADE)
            entry.create_system, entry.external_attr = _UNIX, _PLAIN_FILE
            archive.writestr(entry, part)
            yield window.drained()
    yield window.drained()


class _Window(io.BytesIO):
    """A file that forgets what was drained: the writer goes back to the head of the entry at hand, never further."""

    def __init__(self) -> None:
        super().__init__()
        self._gone = 0

    def tell(self) -> int:
        """Where in the whole file the next byte goes."""
        return self._gone + super().tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place of the whole file that was not drained yet."""
        shift = self._gone if whence == io.SEEK_SET else 0
        return self._gone + super().seek(offset - shift, whence)

    def drained(self) -> bytes:
        """What was written since the last time."""
        content = self.getvalue()
        self._gone += len(content)
        super().seek(0)
        super().truncate(0)
        return content


def in_parts(things: Iterable[T], limit: int, size: Callable[[T], int]) -> Iterator[tuple[T, ...]]:
    """*things* in order, in as few parts as possible of *limit* in size each; none gives one empty part.

    One thing is never divided: who calls has refused what is larger than *limit*.
    """
    part: list[T] = []
    filled = 0
    for thing in things:
        if part and filled + size(thing) > limit:
            yield tuple(part)
            part, filled = [], 0
        part.append(thing)
        filled += size(thing)
    yield tuple(part)
