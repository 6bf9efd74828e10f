"""The number of a letter as people read it, and the code by which anybody may check it."""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 26
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_SERIES = re.compile(r"[A-Z]{1,4}")


def letter_number(series: str, year: int, counter: int) -> str:
    """`L-2026-000042`. *counter* counts from 1 within series and year."""
    if not _SERIES.fullmatch(series) or counter < 1:
        raise ValueError("a series is 1-4 capitals and counts from 1")
    return f"{series}-{year:04d}-{counter:06d}"


def verify_code(random: bytes) -> str:
    """26 characters for the 128 bits of *random*, without I L O U."""
    if len(random) != 16:
        raise ValueError("128 bits")
    value, digits = int.from_bytes(random), []
    for _ in range(CODE_LENGTH):
        value, digit = divmod(value, 32)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def parse_code(text: str) -> str | None:
    """The canonical code in what somebody typed or scanned; None when it cannot be one."""
    code = text.strip().upper().translate(_LOOKALIKES)
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else None
