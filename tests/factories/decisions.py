"""Decisions for tests: content that is ready to be proposed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from app.decisions.rules import DecisionContent, Issue, Remedy

READY = DecisionContent(
    outcome="upheld",
    issues=(Issue("Who made the recording?", "The session files show it.", "established"),),
    remedies=(Remedy("put_back", "The release goes back to the stores.", date(2026, 12, 3)),),
    to_complainant="You showed that the recording is yours.",
    to_respondent="The other side showed that the recording is theirs.",
)


def make_content(**changes: Any) -> DecisionContent:
    """Content that misses nothing; *changes* replace its fields."""
    return replace(READY, **changes)
