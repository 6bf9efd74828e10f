"""Covers drawn from a seed, for releases whose picture we do not have: the same seed, the same drawing.

A drawing is a handful of shapes on a square of 64 units; colours are names of the chart palette, so
that themes and contrast settings reach them. No file, no request, width and height always known.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

SIDE = 64
PALETTE = ("1", "2", "3", "4", "5")


@dataclass(frozen=True, slots=True)
class Shape:
    """A disc, bar or slope. *tone* names a colour of the palette; sizes are units of the square."""

    kind: str
    tone: str
    x: int
    y: int
    size: int
    height: int = 0


@dataclass(frozen=True, slots=True)
class Cover:
    """A ground colour and what lies on it, in drawing order."""

    ground: str
    shapes: tuple[Shape, ...]


def cover_of(seed: str) -> Cover:
    """The drawing for *seed*, which is the release's UPC or its title when it has none."""
    digest = hashlib.sha256(seed.encode()).digest()
    ground, first, second = _tones(digest)
    draw = (_moon, _bars, _hills, _rings)[digest[3] % 4]
    return Cover(ground, draw(digest, first, second))


def _tones(digest: bytes) -> tuple[str, str, str]:
    rest = list(PALETTE)
    return tuple(rest.pop(digest[n] % len(rest)) for n in range(3))  # type: ignore[return-value]


def _moon(digest: bytes, first: str, second: str) -> tuple[Shape, ...]:
    across = 18 + digest[4] % 28
    return (
        Shape("disc", first, across, 18 + digest[5] % 14, 10 + digest[6] % 8),
        Shape("bar", second, 0, 44 + digest[7] % 8, SIDE, 20),
    )


def _bars(digest: bytes, first: str, second: str) -> tuple[Shape, ...]:
    heights = [12 + digest[4 + n] % 44 for n in range(6)]
    return tuple(
        Shape("bar", second if n % 3 == 2 else first, 5 + n * 9, (SIDE - tall) // 2, 6, tall)
        for n, tall in enumerate(heights)
    )


def _hills(digest: bytes, first: str, second: str) -> tuple[Shape, ...]:
    return (
        Shape("slope", first, digest[4] % 24, 16 + digest[5] % 12, 52),
        Shape("slope", second, 16 + digest[6] % 24, 30 + digest[7] % 12, 48),
    )


def _rings(digest: bytes, first: str, second: str) -> tuple[Shape, ...]:
    x, y = 20 + digest[4] % 24, 20 + digest[5] % 24
    return (
        Shape("disc", first, x, y, 26),
        Shape("disc", second, x, y, 16),
        Shape("disc", first, x, y, 6),
    )
