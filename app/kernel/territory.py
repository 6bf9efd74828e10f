"""Sets of ISO 3166-1 territories: a list, or the whole world without a list (DDEX TerritoryCode or
ExcludedTerritoryCode). Boolean algebra over both forms; `ZZ` (unknown) is a member of the world.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.kernel.errors import Invalid
from app.kernel.words import words as _

# ISO 3166-1 alpha-2, with XK (user-assigned, in daily use) and ZZ (statements: unknown).
CODES: frozenset[str] = frozenset(
    """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT
BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH
ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT
HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS
LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI
NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG
SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG
UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW ZZ
""".split()
)
WORLD = "WW"


@dataclass(frozen=True, slots=True)
class Territory:
    """*codes* themselves, or with *excluded* the world without them."""

    codes: frozenset[str]
    excluded: bool = False

    def __post_init__(self) -> None:
        for code in sorted(self.codes - CODES):
            raise Invalid(
                "territory",
                "unknown_territory",
                _("“%(code)s” is not a territory code.", code=code),
            )
        if (
            self.codes == CODES
        ):  # One form for the world and one for nowhere, so that equality holds.
            object.__setattr__(self, "codes", frozenset())
            object.__setattr__(self, "excluded", not self.excluded)

    @classmethod
    def of(cls, *codes: str) -> Territory:
        """The named ones only."""
        return cls(frozenset(codes))

    @classmethod
    def world(cls) -> Territory:
        """Everywhere."""
        return cls(frozenset(), excluded=True)

    @classmethod
    def world_without(cls, *codes: str) -> Territory:
        """Everywhere but there."""
        return cls(frozenset(codes), excluded=True)

    @classmethod
    def parse(cls, text: str) -> Territory:
        """`WW`, `WW-US-CA` (the world without) or `US CA GB` (also with commas, in lower case)."""
        words = text.strip().upper()
        if words == WORLD or words.startswith(f"{WORLD}-"):
            return cls(frozenset(filter(None, words.split("-")[1:])), excluded=True)
        return cls(frozenset(filter(None, re.split(r"[\s,;]+", words))))

    def __str__(self) -> str:
        """The form that `parse` reads; codes in order."""
        if self.excluded:
            return "-".join((WORLD, *sorted(self.codes)))
        return " ".join(sorted(self.codes))

    def __contains__(self, code: str) -> bool:
        return (code in CODES) and ((code in self.codes) is not self.excluded)

    @property
    def is_empty(self) -> bool:
        """True when nothing belongs to it."""
        return not self.codes and not self.excluded

    def members(self) -> frozenset[str]:
        """All codes that belong to it, written out."""
        return CODES - self.codes if self.excluded else self.codes

    def __invert__(self) -> Territory:
        return Territory(self.codes, not self.excluded)

    def __and__(self, other: Territory) -> Territory:
        return _smallest(self.members() & other.members(), self.excluded and other.excluded)

    def __or__(self, other: Territory) -> Territory:
        return _smallest(self.members() | other.members(), self.excluded or other.excluded)

    def __sub__(self, other: Territory) -> Territory:
        return self & ~other

    def overlaps(self, other: Territory) -> bool:
        """True when some territory belongs to both."""
        return not (self & other).is_empty

    def __le__(self, other: Territory) -> bool:
        return self.members() <= other.members()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Territory) and self.members() == other.members()

    def __hash__(self) -> int:
        return hash(self.members())


def _smallest(members: frozenset[str], excluded: bool) -> Territory:  # noqa: FBT001 - the form, as in the class
    return Territory(CODES - members if excluded else members, excluded)
