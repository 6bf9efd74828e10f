"""Identifiers of recordings, works, releases and parties as checked string types.

Each type holds the canonical form without separators; `parse` takes what people and files write and
says which position is wrong. Keep the text as received beside it where a row must not be refused.
Sources: ISO 3901 (ISRC), ISO 15707 (ISWC), GS1 General Specifications (UPC, EAN), CISAC (IPI),
ISO 27729 (ISNI), IFPI GRid 2.1, DDEX Party ID; ISO 7064 for the two check systems.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar, Self

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2, mod_37_36

from app.kernel.errors import Invalid
from app.kernel.words import words as _

_SEPARATORS = re.compile(r"[\s\u00a0\u2007\u202f.\-–—_/]")
_KINDS = {"A": "A-Z", "9": "0-9", "X": "A-Z0-9", "C": "0-9X"}


class Identifier(str):
    """Base: *shape* has one sign per position: A letter, 9 digit, X either, C digit or X, else itself."""

    __slots__ = ()

    label: ClassVar[str]
    field: ClassVar[str]
    shape: ClassVar[str]
    example: ClassVar[str]

    @classmethod
    def parse(cls, text: str) -> Self:
        """The canonical form of *text*. Raises Invalid naming the length, the position or the check."""
        compact = cls._compact(_SEPARATORS.sub("", text).upper())
        cls._refuse_wrong_length(compact)
        for place, (char, sign) in enumerate(zip(compact, cls.shape, strict=True), start=1):
            if not _fits(char, sign):
                cls._refuse_character(place, char, sign)
        if not cls._check(compact):
            cls._refuse_check(compact)
        return cls(compact)

    @classmethod
    def is_valid(cls, text: str) -> bool:
        """True when `parse` takes it."""
        try:
            cls.parse(text)
        except Invalid:
            return False
        return True

    @classmethod
    def _compact(cls, compact: str) -> str:
        return compact.removeprefix(cls.label.upper()).removeprefix(":")

    @classmethod
    def _check(cls, compact: str) -> bool:
        return bool(compact)

    @classmethod
    def _refuse_wrong_length(cls, compact: str) -> None:
        if len(compact) == len(cls.shape):
            return
        raise cls._invalid(
            "length",
            _(
                "This %(label)s has %(length)d characters, it needs %(needed)d, like %(example)s.",
                label=cls.label,
                length=len(compact),
                needed=len(cls.shape),
                example=cls.example,
            ),
        )

    @classmethod
    def _refuse_character(cls, place: int, char: str, sign: str) -> None:
        if sign in "9C":
            needed: str = _("a digit")
        elif sign == "A":
            needed = _("a letter")
        else:
            needed = _("a letter or digit") if sign == "X" else sign
        raise cls._invalid(
            "character",
            _(
                "Character %(place)d of this %(label)s is “%(char)s”, it must be %(needed)s.",
                place=place,
                label=cls.label,
                char=char,
                needed=needed,
            ),
        )

    @classmethod
    def _refuse_check(cls, compact: str) -> None:
        raise cls._invalid(
            "check",
            _(
                "The check digit of this %(label)s does not fit. Compare “%(text)s” with the source.",
                label=cls.label,
                text=compact,
            ),
        )

    @classmethod
    def _invalid(cls, code: str, message: str) -> Invalid:
        return Invalid(cls.field, f"{cls.field}_{code}", message)


def _fits(char: str, sign: str) -> bool:
    allowed = _KINDS.get(sign)
    return char == sign if allowed is None else re.fullmatch(f"[{allowed}]", char) is not None


class Isrc(Identifier):
    """A sound recording. No check digit; the first letters are an allocator, not a territory."""

    __slots__ = ()
    label, field, shape, example = "ISRC", "isrc", "AAXXX9999999", "USRC17607839"

    def hyphenated(self) -> str:
        """`US-RC1-76-07839`, as printed."""
        return f"{self[:2]}-{self[2:5]}-{self[5:7]}-{self[7:]}"


class Iswc(Identifier):
    """A composition: T, nine digits, check digit."""

    __slots__ = ()
    label, field, shape, example = "ISWC", "iswc", "T9999999999", "T-034.524.680-1"

    @classmethod
    def _check(cls, compact: str) -> bool:
        total = 1 + sum(place * int(digit) for place, digit in enumerate(compact[1:10], start=1))
        return (10 - total % 10) % 10 == int(compact[10])


class Ipi(Identifier):
    """A name number of an interested party: nine digits and two check digits; short ones are padded."""

    __slots__ = ()
    label, field, shape, example = "IPI", "ipi", "99999999999", "00000000199"

    @classmethod
    def _compact(cls, compact: str) -> str:
        digits = super()._compact(compact)
        return digits.zfill(11) if digits else digits

    @classmethod
    def _check(cls, compact: str) -> bool:
        rest = sum(int(digit) * (10 - place) for place, digit in enumerate(compact[:9])) % 101
        return (0 if rest == 0 else (101 - rest) % 100) == int(compact[9:])


class Isni(Identifier):
    """A person or organisation: sixteen characters, ISO 7064 mod 11-2."""

    __slots__ = ()
    label, field, shape, example = "ISNI", "isni", "999999999999999C", "000000012146438X"

    @classmethod
    def _check(cls, compact: str) -> bool:
        return _passes(mod_11_2.validate, compact)


class Grid(Identifier):
    """A release: A1, issuer, number, ISO 7064 mod 37,36."""

    __slots__ = ()
    label, field, shape, example = "GRid", "grid", "A1" + "X" * 16, "A1-2425G-ABC1234002-M"

    @classmethod
    def _check(cls, compact: str) -> bool:
        return _passes(mod_37_36.validate, compact)


class Dpid(Identifier):
    """A party in DDEX messages: PADPIDA, ten digits, ISO 7064 mod 37,36."""

    __slots__ = ()
    label, field, shape, example = "DPID", "dpid", "PADPIDA" + "9" * 10 + "X", "PADPIDA2013020802I"

    @classmethod
    def _compact(cls, compact: str) -> str:
        return compact

    @classmethod
    def _check(cls, compact: str) -> bool:
        return _passes(mod_37_36.validate, compact)


class Upc(Identifier):
    """A release: UPC-A, EAN-13 or GTIN-14, kept as 14 digits so that equal codes compare equal."""

    __slots__ = ()
    label, field, shape, example = "UPC", "upc", "9" * 14, "036000291452"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The 14-digit form. Eleven digits are a lost leading zero: refused with the padded suggestion."""
        typed = text.strip().upper()
        if re.fullmatch(r"[0-9]+([.,][0-9]+)?E\+?[0-9]+", typed):
            raise cls._invalid(
                "rounded",
                _("A spreadsheet has rounded this UPC. Take it from the original file."),
            )
        return super().parse(typed)

    @classmethod
    def _compact(cls, compact: str) -> str:
        digits = compact.removeprefix("UPC").removeprefix("EAN").removeprefix(":")
        return digits.zfill(14) if len(digits) in {12, 13} else digits

    @classmethod
    def _refuse_wrong_length(cls, compact: str) -> None:
        if len(compact) == 11 and compact.isdigit() and _gtin_fits(compact.zfill(14)):
            raise cls._invalid(
                "padding",
                _("A leading zero seems to be lost. Do you mean %(padded)s?", padded="0" + compact),
            )
        if len(compact) != len(cls.shape):
            raise cls._invalid(
                "length",
                _("A UPC has 12, 13 or 14 digits, this one has %(length)d.", length=len(compact)),
            )

    @classmethod
    def _check(cls, compact: str) -> bool:
        return _gtin_fits(compact) and compact.strip("0") != ""

    def shown(self) -> str:
        """As printed: twelve digits, or thirteen or fourteen when it needs them."""
        return (
            self[2:] if self.startswith("00") else self[1:] if self.startswith("0") else str(self)
        )


def _gtin_fits(digits: str) -> bool:
    """GS1 modulo 10 with weights 3 and 1 from the right."""
    total = sum(
        int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))
    )
    return total % 10 == 0


def _passes(validate: Callable[[str], str], compact: str) -> bool:
    try:
        validate(compact)
    except ValidationError:
        return False
    return True
