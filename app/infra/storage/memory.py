"""Storage in memory for unit tests: the same contract as S3, checked by the same tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

from app.infra.storage.hashing import HashingReader
from app.infra.storage.memory_parts import MemoryParts, Opened
from app.infra.storage.port import (
    CHUNK,
    PART,
    AlreadyThere,
    ObjectMissing,
    Quarantined,
    Source,
    Stored,
    quarantine_key,
    require_quarantine,
)
from app.kernel.errors import Unavailable


class MemoryStorage(MemoryParts):
    """Objects in a dict. `fail_on` holds names of calls that answer `Unavailable`."""

    def __init__(self) -> None:
        self._objects: dict[str, tuple[str, bytes]] = {}
        self._retained: dict[tuple[str, str], datetime] = {}
        self._open: dict[str, Opened] = {}
        self.fail_on: set[str] = set()

    def put_quarantine(self, stream: Source, limit: int) -> Quarantined:
        """See `Storage`."""
        self._fault("put_quarantine")
        reader = HashingReader(stream, limit)
        body = b"".join(reader.pieces(PART))
        key = quarantine_key()
        self._objects[key] = (uuid4().hex, body)
        return Quarantined(key, reader.sha256, reader.size)

    def accept(self, quarantine_key: str, final_key: str) -> Stored:
        """See `Storage`."""
        self._fault("accept")
        if final_key in self._objects:
            raise AlreadyThere(final_key)
        if quarantine_key not in self._objects:
            raise ObjectMissing(quarantine_key)
        body = self._objects[quarantine_key][1]
        version = uuid4().hex
        self._objects[final_key] = (version, body)
        return Stored(final_key, version, len(body))

    def retain(self, key: str, version: str, until: datetime) -> None:
        """See `Storage`."""
        self._fault("retain")
        self._find(key, version)
        self._retained[key, version] = max(until, self._retained.get((key, version), until))

    def retained_until(self, key: str, version: str) -> datetime | None:
        """See `Storage`."""
        self._find(key, version)
        return self._retained.get((key, version))

    def open(
        self, key: str, version: str = "", start: int = 0, end: int | None = None
    ) -> Iterator[bytes]:
        """See `Storage`."""
        self._fault("open")
        body = self._find(key, version)[1][start:end]
        return (body[at : at + CHUNK] for at in range(0, len(body), CHUNK))

    def head(self, key: str, version: str = "") -> Stored | None:
        """See `Storage`."""
        self._fault("head")
        try:
            found, body = self._find(key, version)
        except ObjectMissing:
            return None
        return Stored(key, found, len(body), datetime(2000, 1, 1, tzinfo=UTC))

    def list(self, prefix: str) -> Iterator[Stored]:
        """See `Storage`."""
        self._fault("list")
        for key in sorted(self._objects):
            if key.startswith(prefix):
                version, body = self._objects[key]
                yield Stored(key, version, len(body), datetime(2000, 1, 1, tzinfo=UTC))

    def delete_quarantine(self, key: str) -> None:
        """See `Storage`."""
        self._fault("delete_quarantine")
        self._objects.pop(require_quarantine(key), None)

    def purge(self, key: str, version: str = "") -> bool:
        """See `Storage`."""
        self._fault("purge")
        found = self._objects.get(key)
        if found is None or version not in {"", found[0]}:
            return True
        if (key, found[0]) in self._retained:
            return False
        del self._objects[key]
        return True

    def _find(self, key: str, version: str) -> tuple[str, bytes]:
        found = self._objects.get(key)
        if found is None or version not in ("", found[0]):
            raise ObjectMissing(key)
        return found

    def _fault(self, call: str) -> None:
        if call in self.fail_on:
            raise Unavailable("storage")
