"""Choices of select and radio fields from plain pairs of value and words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms.fields import SelectChoice  # type: ignore[attr-defined]


def choices(pairs: Iterable[tuple[str, Any]]) -> list[Any]:
    """One choice per (value, words)."""
    return [SelectChoice(str(value), words) for value, words in pairs]


def named(pairs: Iterable[tuple[str, Any]]) -> list[Any]:
    """As choices, for words that people wrote, such as names: each runs in its own direction."""
    return [SelectChoice(str(value), words, {"dir": "auto"}) for value, words in pairs]
