"""A target that takes so many lines a file gets several files, packed into one archive of the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

ARCHIVE_TYPE = "application/zip"
ARCHIVE = "zip"
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


def packed(parts: Sequence[bytes], name: str, extension: str) -> Packed:
    """One part is the file itself; more are stored unpressed as `<name>-001.<extension>` and on, in order.

    Unpressed, since the bytes a compressor gives may change with its version.
    """
    if len(parts) == 1:
        return Packed(parts[0], extension)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for number, part in enumerate(parts, start=1):
            entry = zipfile.ZipInfo(f"{name}-{number:03}.{extension}", _MADE)
            entry.create_system, entry.external_attr = _UNIX, _PLAIN_FILE
            archive.writestr(entry, part)
    return Packed(out.getvalue(), ARCHIVE)


def in_parts(
    things: Iterable[T], limit: int, size: Callable[[T], int]
) -> tuple[tuple[T, ...], ...]:
    """*things* in order, in as few parts as possible of *limit* in size each; none gives one empty part.

    One thing is never divided: who calls has refused what is larger than *limit*.
    """
    parts: list[list[T]] = [[]]
    filled = 0
    for thing in things:
        if parts[-1] and filled + size(thing) > limit:
            parts.append([])
            filled = 0
        parts[-1].append(thing)
        filled += size(thing)
    return tuple(tuple(part) for part in parts)
