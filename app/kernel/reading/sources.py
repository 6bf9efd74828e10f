"""A file as bytes that can be read again from the start: everything above asks only for that.

Plain, gzip and ZIP; sizes are counted while unpacking, so that a small file cannot become an endless one.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast

from app.kernel.reading.faults import Problem, Unreadable
from app.kernel.words import words as _

MOST_BYTES = 8 * 1024**3
"""Of one file, unpacked."""
MOST_RATIO = 200
"""Unpacked to packed bytes, beyond the first FREE_BYTES: real reports reach 30."""
FREE_BYTES = 64 * 1024**2
MOST_MEMBERS = 100
MOST_HELD = 128 * 1024**2
"""Bytes of one part of a workbook that is read into memory whole: words and styles; sheets are read row by row."""
MOST_INNER = 64 * 1024**2
"""Bytes of a workbook inside an archive."""
HIDDEN = ("__MACOSX/", ".")
SHEETS = "xl/worksheets/"
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)
"""What the library raises for an archive that is none, or that is packed by another method."""
GZIP, ZIP, OLE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Source:
    """*name*: without folder; *open*: a new stream of its bytes from the start, to be closed by the caller."""

    name: str
    open: Callable[[], BinaryIO]

    @classmethod
    def of_bytes(cls, name: str, content: bytes) -> Source:
        """A file that is in memory already."""
        return cls(name, lambda: io.BytesIO(content))

    def open_seekable(self) -> BinaryIO:
        """As `open`, for formats that are read from their end; what is packed itself is unpacked into memory."""
        stream = self.open()
        if stream.seekable():
            return stream
        with stream:
            content = stream.read(MOST_INNER + 1)
        if len(content) > MOST_INNER:
            raise self.fault(
                _("An archive inside an archive is too large. Unpack the outer one first.")
            )
        return io.BytesIO(content)

    def starts_with(self, magic: bytes) -> bool:
        """True when its first bytes are *magic*."""
        with self.open() as stream:
            return stream.read(len(magic)) == magic

    def fault(self, reason: str, line: int = 0) -> Unreadable:
        """The error that refuses this file for *reason*."""
        return Unreadable(Problem(self.name, line, "", "", reason))


def unpacked(source: Source) -> tuple[Source, ...]:
    """The files inside *source*, or itself. Workbooks stay packed. Raises Unreadable."""
    if source.starts_with(OLE):
        raise source.fault(
            _("This is an old or protected Excel file. Save it as XLSX or CSV without a password.")
        )
    if source.starts_with(GZIP):
        name = source.name.removesuffix(".gz").removesuffix(".GZ")
        return (Source(name, lambda: _gunzipped(source)),)
    if source.starts_with(ZIP) and not is_workbook(source):
        return _members(source)
    return (source,)


def is_workbook(source: Source) -> bool:
    """True for an XLSX file."""
    if not source.starts_with(ZIP):
        return False
    with _archive(source) as archive:
        return "xl/workbook.xml" in archive.namelist()


def check_sizes(source: Source) -> None:
    """Refuses a ZIP or workbook that would unpack to too much. Raises Unreadable."""
    with _archive(source) as archive:
        infos = archive.infolist()
        packed = sum(info.compress_size for info in infos)
        total = sum(info.file_size for info in infos)
    if total > MOST_BYTES or (total > FREE_BYTES and total > MOST_RATIO * max(packed, 1)):
        raise _far_too_much(source)


def check_workbook(source: Source) -> None:
    """As `check_sizes`; refuses also parts that would fill the memory. Raises Unreadable."""
    check_sizes(source)
    with _archive(source) as archive:
        held = [one.file_size for one in archive.infolist() if not one.filename.startswith(SHEETS)]
    if max(held) > MOST_HELD:
        raise _far_too_much(source)


def _far_too_much(source: Source) -> Unreadable:
    return source.fault(
        _("This file would unpack to far too much. Ask its sender for the plain file.")
    )


def _members(source: Source) -> tuple[Source, ...]:
    check_sizes(source)
    with _archive(source) as archive:
        infos = [
            info
            for info in archive.infolist()
            if not info.is_dir()
            and not info.filename.startswith(HIDDEN)
            and not PurePosixPath(info.filename).name.startswith(".")
        ]
    if len(infos) > MOST_MEMBERS:
        raise source.fault(_("More than %(most)d files are in this archive.", most=MOST_MEMBERS))
    if any(info.flag_bits & 1 for info in infos):
        raise source.fault(_("This archive has a password. Unpack it and import what is inside."))
    return tuple(_member(source, info.filename) for info in infos)


def _member(source: Source, name: str) -> Source:
    def opened() -> BinaryIO:
        stream = source.open()
        try:
            archive = zipfile.ZipFile(stream)
            inner = archive.open(name)
        except DAMAGED as error:
            stream.close()
            raise damaged(source) from error
        return io.BufferedReader(_Faults(inner, source, (archive, stream)), 1 << 16)

    return Source(f"{source.name}/{PurePosixPath(name).name}", opened)


def _gunzipped(source: Source) -> BinaryIO:
    raw = source.open()
    packed = raw.seek(0, io.SEEK_END)
    raw.seek(0)
    unzipped = cast("IO[bytes]", gzip.GzipFile(fileobj=raw, mode="rb"))
    return io.BufferedReader(_Faults(unzipped, source, (raw,), packed), 1 << 16)


@contextmanager
def _archive(source: Source) -> Iterator[zipfile.ZipFile]:
    try:
        with source.open_seekable() as stream, zipfile.ZipFile(stream) as archive:
            yield archive
    except DAMAGED as error:
        raise damaged(source) from error


def damaged(source: Source) -> Unreadable:
    """The error that refuses an archive or workbook which cannot be unpacked here."""
    return source.fault(
        _(
            "This archive is damaged, or packed in a way that is not known here. Take the file from its source again, "
            "or unpack it and hand in what is inside."
        )
    )


class _Faults(io.RawIOBase):
    """Bytes of a packed file; what is wrong with the packing becomes the one problem of the file."""

    def __init__(
        self,
        inner: IO[bytes],
        source: Source,
        owners: tuple[IO[bytes] | zipfile.ZipFile, ...],
        packed: int = 0,
    ) -> None:
        super().__init__()
        self._inner, self._source, self._owners, self._packed = inner, source, owners, packed
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            content = self._inner.read(len(buffer))
        except EOFError as error:
            raise self._source.fault(
                _(
                    "The packed file ends too early: it was cut on its way. Take it from its source again."
                )
            ) from error
        except (OSError, zlib.error, zipfile.BadZipFile) as error:
            raise self._source.fault(
                _("The packed file is damaged. Take it from its source again.")
            ) from error
        self._count += len(content)
        limit = max(FREE_BYTES, MOST_RATIO * self._packed) if self._packed else MOST_BYTES
        if self._count > min(limit, MOST_BYTES):
            raise _far_too_much(self._source)
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
            for owner in self._owners:
                owner.close()
        super().close()
