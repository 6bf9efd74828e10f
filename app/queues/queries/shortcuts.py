"""Keys as a person keeps them; read with the session, so they cost no statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.queues.rules.shortcuts import BY_NAME, Kept

KEPT_BESIDE = """(select jsonb_build_object('single', k.is_single_on, 'chords', k.chords)
  from shortcut_preference as k where k.person_id = p.id)"""
"""For the statement that reads the session of `p`."""


def kept_of(stored: Mapping[str, Any] | None) -> Kept:
    """What the statement found; the standard until somebody chose. Acts of older releases fall away."""
    if not stored:
        return Kept()
    chords = {name: str(chord) for name, chord in stored["chords"].items() if name in BY_NAME}
    return Kept(bool(stored["single"]), chords)
