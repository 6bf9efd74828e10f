"""The beginning of a file that waits in the store, for looking at it: as much as is needed, never all of a long text."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.infra.storage.port import Storage
from app.kernel.reading.sources import Source

BEGINNING = 1 << 20


@contextmanager
def opened(storage: Storage, key: str, name: str) -> Iterator[Source]:
    """A long text is cut behind a whole line; what is packed, or has two bytes a sign, is fetched whole.

    Raises `ObjectMissing`, `Unavailable`.
    """
    head = b"".join(storage.open(key, start=0, end=BEGINNING))
    if len(head) < BEGINNING:
        yield Source.of_bytes(name, head)
    elif b"\x00" not in head and b"\n" in head:
        yield Source.of_bytes(name, head[: head.rindex(b"\n") + 1])
    else:
        with tempfile.NamedTemporaryFile(prefix="statements-") as file:
            for piece in storage.open(key):
                file.write(piece)
            file.flush()
            path = Path(file.name)
            yield Source(name, lambda: path.open("rb"))
