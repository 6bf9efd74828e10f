"""What somebody asks of policies and calendars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.policies.rules.defaults import PolicyContent
from app.policies.rules.national import NationalCalendar


@dataclass(frozen=True, slots=True)
class PublishPolicy:
    """Make *content* the next version of its sub-kind; cases filed before keep theirs."""

    content: PolicyContent
    reason: str


@dataclass(frozen=True, slots=True)
class PublishCalendar:
    """Make *content* the next version of its code; running clocks keep theirs."""

    content: NationalCalendar
    reason: str


@dataclass(frozen=True, slots=True)
class PublishLimits:
    """New limits of approval. *two_from*: by currency, whole major units; *reason*: why they change."""

    two_from: Mapping[str, int]
    reason: str
