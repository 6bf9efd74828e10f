"""How the renderer and the press talk: a frame is a length in eight bytes and as many bytes.

One frame in is a document; three frames out are its exit code in digits, its bytes and what it said.
No library is loaded here: the renderer of the web process prints nothing itself.
"""

from __future__ import annotations

import struct
from typing import IO

MOST = 200
"""Documents before the press is replaced: what a library keeps of each fork stays small."""
LENGTH = struct.Struct(">Q")


def send(stream: IO[bytes], body: bytes) -> None:
    """Write a frame. Raises OSError when the other end closed."""
    stream.write(LENGTH.pack(len(body)))
    stream.write(body)
    stream.flush()


def take(stream: IO[bytes]) -> bytes | None:
    """Read a frame; None when the other end closed."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    body = stream.read(size)
    return body if len(body) == size else None
