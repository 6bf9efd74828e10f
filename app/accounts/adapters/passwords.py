"""argon2id and the strength of passwords. Cheap refusals come before anything is hashed (B120)."""

from __future__ import annotations

from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from app.accounts.rules import PASSWORD_MOST, normal_password

LEAST_SCORE = 3
_JUDGED = 72
_hasher = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)
_DECOY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """argon2id, 64 MiB, three passes."""
    return _hasher.hash(normal_password(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether *password* is right. Without a stored hash the same work is done and the answer is no."""
    if len(password) > PASSWORD_MOST:
        return False
    try:
        _hasher.verify(stored or _DECOY, normal_password(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """True when the parameters have grown since."""
    return _hasher.check_needs_rehash(stored)


def is_guessable(password: str, about: Sequence[str]) -> bool:
    """True below zxcvbn's score of 3. *about*: name, address and product, which do not count."""
    judged = normal_password(password)[:_JUDGED]
    return int(zxcvbn(judged, user_inputs=[word for word in about if word])["score"]) < LEAST_SCORE
