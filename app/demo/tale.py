"""What a tale of the demo is: a filing, its papers, and steps with waits between them.

A number among the steps is a wait in hours; everything else is an act, made by the words of `acts.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.cases.rules.kinds import SubKind

Step = Callable[[Any], Any]
"""What somebody of the cast does to a `play.Play`."""
Paper = tuple[str, bytes, str]
"""File name, bytes, declared type."""


@dataclass(frozen=True, slots=True)
class Tale:
    """One case: who files what, how many days ago, with which papers, and what happens then."""

    who: str
    sub_kind: SubKind
    days_ago: float
    answers: dict[str, str]
    papers: tuple[Paper, ...] = ()
    steps: tuple[float | Step, ...] = ()
    keeps_draft: bool = False
