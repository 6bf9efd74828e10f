"""Uploads in parts, in memory: `take_part` stands for the browser's PUT to a signed address."""

from __future__ import annotations

import base64
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from app.infra.storage.port import (
    ObjectMissing,
    Part,
    Parts,
    SignedPart,
    Stored,
    WrongBytes,
    quarantine_key,
    require_quarantine,
)

CHECKSUM = "x-amz-checksum-sha256"
BEGAN = datetime(2000, 1, 1, tzinfo=UTC)


def checksum_of(body: bytes) -> str:
    """SHA-256 in base64, as S3 writes it."""
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


@dataclass
class Opened:
    """An upload that is not finished."""

    key: str
    parts: dict[int, bytes] = field(default_factory=dict)


class MemoryParts(ABC):
    """The half of the port that browsers use."""

    _open: dict[str, Opened]
    _objects: dict[str, tuple[str, bytes]]

    @abstractmethod
    def _fault(self, call: str) -> None:
        """Raise when *call* is to fail; the other half knows."""

    @abstractmethod
    def head(self, key: str, version: str = "") -> Stored | None:
        """See `Storage`; the other half has it."""

    def begin_parts(self) -> Parts:
        """See `Storage`."""
        self._fault("begin_parts")
        parts = Parts(quarantine_key(), uuid4().hex)
        self._open[parts.upload] = Opened(parts.key)
        return parts

    def sign_part(self, parts: Parts, number: int, size: int, checksum: str) -> SignedPart:
        """See `Storage`."""
        return SignedPart(
            number, f"memory:{parts.upload}/{number}/{size}/{checksum}", {CHECKSUM: checksum}
        )

    def take_part(self, url: str, body: bytes, headers: Mapping[str, str]) -> bool:
        """The browser's PUT: False when the store refuses it."""
        upload, number, size, signed = url.removeprefix("memory:").split("/", 3)
        if len(body) != int(size) or not checksum_of(body) == headers.get(CHECKSUM) == signed:
            return False
        if upload not in self._open:
            return False
        self._open[upload].parts[int(number)] = body
        return True

    def parts_of(self, parts: Parts) -> tuple[Part, ...]:
        """See `Storage`."""
        self._fault("parts_of")
        if parts.upload not in self._open:
            raise ObjectMissing(parts.key)
        found = sorted(self._open[parts.upload].parts.items())
        return tuple(Part(number, len(body), checksum_of(body)) for number, body in found)

    def finish_parts(
        self, parts: Parts, checksums: Sequence[str], held: Sequence[Part] | None = None
    ) -> Stored:
        """See `Storage`."""
        self._fault("finish_parts")
        if parts.upload in self._open:
            kept = self._open[parts.upload].parts
            if held is not None and len(held) != len(checksums):
                raise WrongBytes(parts.key)
            if [checksum_of(kept[n]) for n in sorted(kept)] != list(checksums):
                raise WrongBytes(parts.key)
            self._objects[parts.key] = (uuid4().hex, b"".join(kept[n] for n in sorted(kept)))
            del self._open[parts.upload]
        stored = self.head(parts.key)
        if stored is None:
            raise ObjectMissing(parts.key)
        return stored

    def abort_parts(self, parts: Parts) -> None:
        """See `Storage`."""
        self._fault("abort_parts")
        require_quarantine(parts.key)
        self._open.pop(parts.upload, None)

    def open_parts(self) -> Iterator[tuple[Parts, datetime]]:
        """See `Storage`."""
        self._fault("open_parts")
        for upload, opened in list(self._open.items()):
            yield Parts(opened.key, upload), BEGAN
