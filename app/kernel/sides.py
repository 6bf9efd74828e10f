"""The two sides of a case and what is disclosed between them (ADR 0011)."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """Whose room a row lies in. `desk` rows belong to neither party."""

    COMPLAINANT = "complainant"
    RESPONDENT = "respondent"
    DESK = "desk"

    @property
    def other(self) -> Side:
        """The opposite party; the desk has none and stays itself."""
        return {
            Side.COMPLAINANT: Side.RESPONDENT,
            Side.RESPONDENT: Side.COMPLAINANT,
            Side.DESK: Side.DESK,
        }[self]


class Disclosure(StrEnum):
    """private: one side and the desk. shared: both sides and the desk. internal: the desk alone."""

    PRIVATE = "private"
    SHARED = "shared"
    INTERNAL = "internal"
