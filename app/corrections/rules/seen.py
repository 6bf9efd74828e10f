"""The hash of exactly what an approver saw: canonical JSON of the working, then SHA-256.

Canonical: sorted keys, no spaces, UTF-8; only text, whole numbers, booleans, null, lists and objects.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

_SURE = frozenset({str, int, bool, type(None)})
"""Almost all values of a row: no more is asked of them."""
_SPELLED = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode

Plain = str | int | bool | None | Sequence["Plain"] | Mapping[str, "Plain"]


def canonical(value: Plain) -> bytes:
    """The one spelling of *value*. A float is refused: money is never one."""
    _refuse_floats(value)
    return _SPELLED(value).encode()


def seen_hash(working: Plain) -> str:
    """SHA-256 in hex of the canonical *working*."""
    return hashlib.sha256(canonical(working)).hexdigest()


class SeenList:
    """The hash of a list that is never held: `seen_hash` of all that was added, in order."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256(b"[")
        self._before = b""

    def add(self, value: Plain) -> None:
        """One value more. A float is refused."""
        self.add_spelled(canonical(value))

    def add_spelled(self, spelling: bytes) -> None:
        """One value more, in its canonical spelling."""
        self._hash.update(self._before + spelling)
        self._before = b","

    @property
    def result(self) -> str:
        """SHA-256 in hex of the list up to now."""
        whole = self._hash.copy()
        whole.update(b"]")
        return whole.hexdigest()


def _refuse_floats(value: object) -> None:
    if type(value) in _SURE:
        return
    if isinstance(value, float):
        raise TypeError("a float is not hashed: amounts are text or whole minor units")
    if isinstance(value, Mapping):
        _refuse_in(value)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for item in value:
            _refuse_floats(item)
    elif not isinstance(value, str | int):
        raise TypeError(f"{type(value).__name__} has no canonical spelling")


def _refuse_in(value: Mapping[Any, object]) -> None:
    for key, item in value.items():
        if not isinstance(key, str):
            raise TypeError("keys of a hashed object are text")
        if type(item) not in _SURE:
            _refuse_floats(item)
