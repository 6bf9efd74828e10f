"""When a delivery is tried again, when it ends, and when an endpoint is given up (DECISIONS 3, B170, B171)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 28_800, 86_400, 144_000)
)
"""Before the second to the eighth attempt: together a little over three days, so that a long weekend passes."""
JITTER_PERCENT = 10
"""A pause is longer by up to this, so that receivers that come back are not called by everybody at once."""
GIVE_UP_AFTER = timedelta(days=5)
"""An endpoint that answered nothing well for so long is switched off."""
KEPT = timedelta(days=30)
"""How long ended deliveries stay in the log."""
ANSWER_SHOWN = 500
"""Characters of an answer that are kept."""
ENDPOINTS_MOST = 10
"""Endpoints of one person."""


class EndpointState(StrEnum):
    """off: its owner or an administrator did that. disabled: we gave it up."""

    ON = "on"
    OFF = "off"
    DISABLED = "disabled"


class DeliveryState(StrEnum):
    """withheld: when it was to be sent, the owner of the endpoint might not see it any more."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    WITHHELD = "withheld"


class GivenUp(StrEnum):
    """Why an endpoint is disabled: it said so itself (410), or failed for days."""

    GONE = "gone"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went. *status* None: no answer, *failure* says why; *took_ms*: only with an answer."""

    status: int | None = None
    failure: str = ""
    took_ms: int | None = None
    answer: bytes = b""

    @property
    def is_good(self) -> bool:
        """Any 2xx. A redirect is not followed and is no success."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def says_gone(self) -> bool:
        """The receiver wants no more of it."""
        return self.status == 410


def next_attempt(tries: int, now: datetime, spread: int) -> datetime | None:
    """When to try again after *tries* attempts that failed; None when that was the last.

    *spread*: 0 to 100, where in the jitter this one lies.
    """
    if not 0 <= spread <= 100:
        raise ValueError("spread is a percentage")
    if tries > len(PAUSES):
        return None
    return now + PAUSES[tries - 1] * (100 * 100 + JITTER_PERCENT * spread) / (100 * 100)


def gives_up(failing_since: datetime | None, now: datetime, outcome: Outcome) -> GivenUp | None:
    """Whether the endpoint is switched off after this outcome. *failing_since*: the first failure after the last success."""
    if outcome.is_good:
        return None
    if outcome.says_gone:
        return GivenUp.GONE
    too_long = failing_since is not None and now - failing_since >= GIVE_UP_AFTER
    return GivenUp.FAILING if too_long else None


def shown_answer(body: bytes) -> str:
    """The first characters of an answer as text: no controls, what is no UTF-8 marked."""
    text = body[: 4 * ANSWER_SHOWN].decode("utf-8", "replace")
    return "".join(char if char.isprintable() else " " for char in text)[:ANSWER_SHOWN].strip()
