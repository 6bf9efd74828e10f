"""Who a message is for, and where that puts it."""

from __future__ import annotations

from enum import StrEnum

from app.kernel.sides import Disclosure, Side

BODY_LIMIT = 20_000
"""Characters of a message or note."""


class Audience(StrEnum):
    """The composer's switch. A party always writes to the desk, from its own side."""

    COMPLAINANT = "complainant"
    RESPONDENT = "respondent"
    BOTH = "both"
    NOTE = "note"
    DESK = "desk"


COMPOSER = (
    Audience.COMPLAINANT.value,
    Audience.RESPONDENT.value,
    Audience.BOTH.value,
    Audience.NOTE.value,
)
"""Boxes of the desk's composer: one text whose audience may be switched."""


class Channel(StrEnum):
    """How the words reached us or leave us."""

    PORTAL = "portal"
    MAIL = "mail"
    PHONE = "phone"
    SYSTEM = "system"


_BY_STAFF: dict[Audience, tuple[Side, Disclosure]] = {
    Audience.COMPLAINANT: (Side.COMPLAINANT, Disclosure.PRIVATE),
    Audience.RESPONDENT: (Side.RESPONDENT, Disclosure.PRIVATE),
    Audience.BOTH: (Side.DESK, Disclosure.SHARED),
    Audience.NOTE: (Side.DESK, Disclosure.INTERNAL),
}


def placement(audience: Audience, sender: Side) -> tuple[Side, Disclosure] | None:
    """(side, disclosure) of a message by *sender*, None when that sender cannot address *audience*.

    Source: DECISIONS 2, LIFECYCLES; a message from the desk to a party lies on that party's side.
    """
    if sender is Side.DESK:
        return _BY_STAFF.get(audience)
    return (sender, Disclosure.PRIVATE) if audience is Audience.DESK else None


def audience_of(side: Side, disclosure: Disclosure, sender: Side) -> Audience:
    """The audience that a stored message was written for."""
    if sender is not Side.DESK:
        return Audience.DESK
    for audience, where in _BY_STAFF.items():
        if where == (side, disclosure):
            return audience
    return Audience.NOTE
