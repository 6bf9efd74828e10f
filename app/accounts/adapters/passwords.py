"""argon2id and the strength of passwords. Cheap refusals come before anything is hashed (B120)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.accounts.rules import PASSWORD_MOST, normal_password

LEAST_SCORE = 3
_JUDGED = 72
_hasher = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)


def hash_password(password: str) -> str:
    """argon2id, 64 MiB, three passes."""
    return _hasher.hash(normal_password(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether *password* is right. Without a stored hash the same work is done and the answer is no."""
    if len(password) > PASSWORD_MOST:
        return False
    decoy = _decoy()
    try:
        _hasher.verify(stored or decoy, normal_password(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _decoy() -> str:
    """What is verified where nothing is stored. Made with the first question of a process, whoever it is about."""
    return _hasher.hash("nobody has this password")


def needs_rehash(stored: str) -> bool:
    """True when the parameters have grown since."""
    return _hasher.check_needs_rehash(stored)


def is_guessable(password: str, about: Sequence[str]) -> bool:
    """True below zxcvbn's score of 3. *about*: name, address and product, which do not count."""
    from zxcvbn import zxcvbn  # 7 MB of words that few requests need

    judged = normal_password(password)[:_JUDGED]
    return int(zxcvbn(judged, user_inputs=[word for word in about if word])["score"]) < LEAST_SCORE
