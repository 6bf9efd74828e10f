"""How often a row has been seen in a file: two identical legitimate lines are two lines, not one.

A table of 64-bit keys in flat arrays: five million rows take 96 MB where a dictionary takes 600.
"""

from __future__ import annotations

from array import array

_FULLEST = 75
"""Percent of the places that may be taken."""


class Occurrences:
    """Counts keys of 16 bytes; only their first eight are kept, never zero."""

    def __init__(self, bits: int = 12) -> None:
        self._resize(bits)

    def _resize(self, bits: int) -> None:
        self._mask = (1 << bits) - 1
        self._keys = array("Q", bytes(8 << bits))
        self._counts = array("I", bytes(4 << bits))
        self._bits, self._used, self._most = bits, 0, (_FULLEST << bits) // 100

    def add(self, key: bytes) -> int:
        """Which occurrence of *key* this is: 1, 2, …"""
        if self._used >= self._most:
            self._grow()
        return self._put(int.from_bytes(key[:8], "little") or 1, 1)

    def _put(self, short: int, times: int) -> int:
        keys, mask = self._keys, self._mask
        at = short & mask
        while (there := keys[at]) and there != short:
            at = (at + 1) & mask
        if not there:
            keys[at] = short
            self._used += 1
        self._counts[at] += times
        return self._counts[at]

    def _grow(self) -> None:
        keys, counts = self._keys, self._counts
        self._resize(self._bits + 1)
        for key, count in zip(keys, counts, strict=True):
            if key:
                self._put(key, count)
