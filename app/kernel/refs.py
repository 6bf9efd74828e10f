"""Case references that survive the phone: `RD-7K4M-29QX`.

Seven random characters of an alphabet without I, L, O and U, and one check character. The check is a
weighted sum over the field of 32 elements with seven different weights: it finds every single wrong
character and every exchange of two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NewType

from app.kernel.errors import Invalid
from app.kernel.words import words as _

CaseRef = NewType("CaseRef", str)

PREFIX = "RD"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 8
_BITS_PER_CHARACTER = 5
_WEIGHTS = (13, 26, 17, 7, 14, 28, 29)
_FIELD = 0b100101  # x^5 + x^2 + 1
_HEARD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def make_ref(prefix: str, randbits: Callable[[int], int]) -> CaseRef:
    """A new reference. *randbits*: bits → int, such as `secrets.randbits`."""
    number = randbits(_BITS_PER_CHARACTER * (_LENGTH - 1))
    body = ""
    for _step in range(_LENGTH - 1):
        number, index = divmod(number, len(ALPHABET))
        body += ALPHABET[index]
    return _shown(prefix, body + check_character(body))


def parse_ref(text: str, prefix: str = PREFIX) -> CaseRef:
    """The reference meant by *text*: lower case, spaces, a missing prefix and O for 0 are accepted.

    Raises Invalid `ref_shape`, `ref_character` (naming the position) or `ref_check`.
    """
    squeezed = "".join(char for char in text.upper() if char not in " -–—_.\u00a0\t")
    if len(squeezed) == len(prefix) + _LENGTH and squeezed.startswith(prefix.upper()):
        squeezed = squeezed[len(prefix) :]
    body = squeezed.translate(_HEARD)
    if len(body) != _LENGTH:
        example = f"{prefix}-7K4M-29QX"
        raise Invalid("ref", "ref_shape", _("A reference looks like %(example)s.", example=example))
    for place, char in enumerate(body, start=1):
        if char not in ALPHABET:
            raise Invalid(
                "ref",
                "ref_character",
                _("Character %(place)d of the reference is not used in references.", place=place),
            )
    if check_character(body[:-1]) != body[-1]:
        raise Invalid(
            "ref", "ref_check", _("The reference has a typing mistake. Please compare it again.")
        )
    return _shown(prefix, body)


def check_character(body: str) -> str:
    """The character that makes the weighted sum fit. *body*: seven characters of the alphabet."""
    total = 0
    for char, weight in zip(body, _WEIGHTS, strict=True):
        total ^= _times(ALPHABET.index(char), weight)
    return ALPHABET[total]


def _shown(prefix: str, body: str) -> CaseRef:
    return CaseRef(f"{prefix.upper()}-{body[:4]}-{body[4:]}")


def _times(left: int, right: int) -> int:
    """Product in the field of 32 elements."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 0b100000:
            left ^= _FIELD
        right >>= 1
    return product
