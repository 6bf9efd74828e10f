"""Pure rules of ratings: the five choices, which end of a round can be rated, how long a rating may change."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.cases.rules.kinds import Outcome, State
from app.kernel.errors import Invalid, Refused
from app.kernel.words import words as _

CHOICES: tuple[tuple[int, str], ...] = (
    (1, _("Bad")), (2, _("Poor")), (3, _("Okay")), (4, _("Good")), (5, _("Great")),
)  # fmt: skip
WORDS_MOST = 4_000
CHANGEABLE = timedelta(days=14)
ENDED = frozenset({State.DECIDED, State.CLOSED})
UNRATED = frozenset({Outcome.DUPLICATE, Outcome.WITHDRAWN})
"""Ends that say nothing about how we worked: the case goes on elsewhere, or its owner took it back."""


def can_rate(state: State, outcome: Outcome | None) -> bool:
    """True when the round has ended in a way that can be rated."""
    return state in ENDED and outcome is not None and outcome not in UNRATED


def require_rateable(state: State, outcome: Outcome | None) -> None:
    """Raise `Refused` while the case runs, or where there is nothing to rate."""
    if not can_rate(state, outcome):
        raise Refused("not_ended", _("A case can be rated once it has ended."))


def changeable_until(first_given: datetime) -> datetime:
    """The last moment at which a rating may be changed."""
    return first_given + CHANGEABLE


def require_changeable(first_given: datetime, now: datetime) -> None:
    """Raise `Refused` when the fourteen days are over."""
    if now > changeable_until(first_given):
        raise Refused("too_late", _("This rating is older than 14 days and stays as it is."))


def chosen(value: int, field: str) -> int:
    """One of the five. Raises `Invalid` naming the field."""
    if value not in {number for number, _words in CHOICES}:
        raise Invalid(field, "choice", _("Choose one of the five."))
    return value
