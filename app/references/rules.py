"""Kinds of outside numbers and the form in which two of them are the same."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from app.kernel.errors import Invalid
from app.kernel.words import words as _

LONGEST = 100
_SPACE = re.compile(r"[\s\u200b-\u200d\u2060]+")


class ReferenceKind(StrEnum):
    """Who gave the number."""

    STORE_NUMBER = "store_number"
    CLAIM_ID = "claim_id"
    OWN_REFERENCE = "own_reference"


FIELDS = {
    "store_number": ReferenceKind.STORE_NUMBER,
    "claim_number": ReferenceKind.CLAIM_ID,
    "own_reference": ReferenceKind.OWN_REFERENCE,
}
"""Fields of filing forms that hold such a number, by name."""


def normal_reference(value: str) -> str:
    """Upper case, compatible characters, no spaces, no leading number sign. Raises `Invalid` when nothing is left.

    Hyphens and dots stay: 12-3 and 123 are different tickets.
    """
    plain = _plain(value)
    while plain != (again := _plain(plain)):  # a letter in capitals may compose anew
        plain = again
    if not plain:
        raise Invalid("value", "required", _("Enter the number as the other place wrote it."))
    if len(plain) > LONGEST:
        raise Invalid("value", "too_long", _("This number is longer than 100 characters."))
    return plain


def _plain(value: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", value).upper()).lstrip("#")
