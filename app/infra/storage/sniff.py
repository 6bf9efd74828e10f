"""What bytes are, by their content: libmagic, told nothing but the beginning of a file."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock

import magic

_LOCK = Lock()


@lru_cache(maxsize=1)
def _magic() -> magic.Magic:
    return magic.Magic(mime=True)


def sniff_type(head: bytes) -> str:
    """MIME type of a file that begins with *head* (8 KiB are enough); libmagic is not thread-safe."""
    if not head:
        return "application/x-empty"
    with _LOCK:
        return str(_magic().from_buffer(head))
