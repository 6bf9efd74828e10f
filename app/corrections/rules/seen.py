"""The hash of exactly what an approver saw: canonical JSON of the working, then SHA-256.

Canonical: sorted keys, no spaces, UTF-8; only text, whole numbers, booleans, null, lists and objects.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

Plain = str | int | bool | None | Sequence["Plain"] | Mapping[str, "Plain"]


def canonical(value: Plain) -> bytes:
    """The one spelling of *value*. A float is refused: money is never one."""
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def seen_hash(working: Plain) -> str:
    """SHA-256 in hex of the canonical *working*."""
    return hashlib.sha256(canonical(working)).hexdigest()


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("a float is not hashed: amounts are text or whole minor units")
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError("keys of a hashed object are text")
            _refuse_floats(item)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for item in value:
            _refuse_floats(item)
    elif not isinstance(value, str | int | None):
        raise TypeError(f"{type(value).__name__} has no canonical spelling")
