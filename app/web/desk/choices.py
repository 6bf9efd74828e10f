"""Choices of select and radio fields from plain pairs of value and words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms.fields import SelectChoice  # type: ignore[attr-defined]


def choices(pairs: Iterable[tuple[str, Any]]) -> list[Any]:
    """One choice per (value, words)."""
    return [SelectChoice(str(value), words) for value, words in pairs]
