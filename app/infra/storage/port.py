"""The storage port: bytes go into quarantine, are copied once to their final key, and are never overwritten.

Keys are made here or by the rooms, never from file names. Every fault of the store arrives as
`Unavailable("storage")`, so a face answers 503 and a job tries again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import uuid4

from app.kernel.errors import RedressError

QUARANTINE = "quarantine/"
CHUNK = 256 * 1024
PART = 8 * 1024 * 1024
SIGNED_FOR = 900
"""Seconds for which the address of a part may be used."""


class TooLarge(RedressError):
    """More bytes than allowed came; nothing is kept. *limit*: bytes."""

    code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class ObjectMissing(RedressError):
    """No object under that key (and version)."""

    code = "object_missing"


class AlreadyThere(RedressError):
    """The final key is taken; objects are written once."""

    code = "already_there"


class WrongBytes(RedressError):
    """What the store holds is not what was promised: a checksum of a part differs, or a part is not there."""

    code = "wrong_bytes"


class Source(Protocol):
    """Anything that gives bytes in pieces: a file, a form part, an inspecting wrapper."""

    def read(self, size: int = -1, /) -> bytes:
        """At most *size* bytes; empty at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Bytes that arrived whole but are not accepted. *sha256*: 64 hex digits of what was streamed."""

    key: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as the store knows it. *version*: empty where the store keeps none."""

    key: str
    version: str
    size: int
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """An upload that comes in parts, and is no object before it is finished."""

    key: str
    upload: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part that is safe in the store. *size*: bytes."""

    number: int
    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class SignedPart:
    """Where the browser puts one part, and the headers it must send with it."""

    number: int
    url: str = field(repr=False)
    headers: Mapping[str, str]


class Storage(Protocol):
    """What the product needs of an object store."""

    def put_quarantine(self, stream: Source, limit: int) -> Quarantined:
        """Store *stream* under a random quarantine key with a running hash.

        Raises `TooLarge` at byte limit + 1 (nothing kept), `Unavailable`.
        """
        ...

    def accept(self, quarantine_key: str, final_key: str) -> Stored:
        """Copy inside the store, only if *final_key* is free. Raises `AlreadyThere`, `ObjectMissing`."""
        ...

    def retain(self, key: str, version: str, until: datetime) -> None:
        """Forbid deletion of that version until *until*; never shortens. No effect where the store has no locks."""
        ...

    def retained_until(self, key: str, version: str) -> datetime | None:
        """End of the retention of that version, None without one."""
        ...

    def open(
        self, key: str, version: str = "", start: int = 0, end: int | None = None
    ) -> Iterator[bytes]:
        """Bytes of [start, end) in pieces; the first piece is fetched before this returns."""
        ...

    def head(self, key: str, version: str = "") -> Stored | None:
        """What is stored under *key*, None when nothing is."""
        ...

    def list(self, prefix: str) -> Iterator[Stored]:
        """Current objects under *prefix*, in key order."""
        ...

    def begin_parts(self) -> Parts:
        """Open an upload in parts under a random quarantine key."""
        ...

    def sign_part(self, parts: Parts, number: int, size: int, checksum: str) -> SignedPart:
        """An address that takes exactly *size* bytes with that SHA-256 (base64), as that part, for a while."""
        ...

    def parts_of(self, parts: Parts) -> tuple[Part, ...]:
        """What is safe already, by number. Raises `ObjectMissing` when the upload ended or never was."""
        ...

    def finish_parts(
        self, parts: Parts, checksums: Sequence[str], held: Sequence[Part] | None = None
    ) -> Stored:
        """Make one object of parts 1, 2, … whose SHA-256 (base64) are *checksums*. Safe to repeat.

        *held*: as `parts_of` listed them just now; else they are listed once more.

        Raises `WrongBytes` when a part is missing or other than said, `ObjectMissing` without upload and object.
        """
        ...

    def abort_parts(self, parts: Parts) -> None:
        """Forget an upload and its parts; safe to repeat, and without effect on a finished one."""
        ...

    def open_parts(self) -> Iterator[tuple[Parts, datetime]]:
        """Uploads in parts that nobody finished, with the moment they began."""
        ...

    def delete_quarantine(self, key: str) -> None:
        """Remove a quarantine object; safe to repeat. Refuses (ValueError) any other key."""
        ...

    def purge(self, key: str, version: str = "") -> bool:
        """Remove an object that nothing holds, with the purge credential. False when retention forbids it."""
        ...


def quarantine_key() -> str:
    """A fresh key that nobody can guess."""
    return f"{QUARANTINE}{uuid4().hex}"


def require_quarantine(key: str) -> str:
    """*key* itself when it lies in quarantine, else ValueError: a slip in our own code."""
    if not key.startswith(QUARANTINE) or ".." in key:
        raise ValueError("only quarantine objects may be removed here")
    return key
