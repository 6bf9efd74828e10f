"""Sealing and keyed hashing, one derived key per purpose (RELIABILITY G, secrets)."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Vault:
    """*keys*: the newest first; older ones still open what they sealed."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys or any(len(key) < 32 for key in keys):
            raise ValueError("a key of at least 32 characters is needed")
        self._keys = tuple(keys)

    def _derived(self, key: str, purpose: str) -> bytes:
        kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"redress:{purpose}".encode())
        return kdf.derive(key.encode())

    def _box(self, purpose: str) -> MultiFernet:
        return MultiFernet(
            [Fernet(urlsafe_b64encode(self._derived(key, purpose))) for key in self._keys]
        )

    def seal(self, purpose: str, text: str) -> str:
        """Encrypt and authenticate."""
        return self._box(purpose).encrypt(text.encode()).decode()

    def unseal(self, purpose: str, sealed: str, *, within: timedelta | None = None) -> str | None:
        """The text, or nothing when it was not ours, was changed, or is older than *within*."""
        ttl = int(within.total_seconds()) if within else None
        try:
            return self._box(purpose).decrypt(sealed.encode(), ttl=ttl).decode()
        except (InvalidToken, ValueError):
            return None

    def digest(self, purpose: str, text: str) -> bytes:
        """Keyed hash, for short secrets that could be guessed from a plain hash."""
        return hmac.new(
            self._derived(self._keys[0], purpose), text.encode(), hashlib.sha256
        ).digest()


@dataclass(frozen=True, slots=True)
class Keys:
    """*links*: tokens and codes that travel. *fields*: secrets that stay in the database."""

    links: Vault
    fields: Vault


def keys_from(settings: Any) -> Keys:
    """The keys of this installation (`link_key`, `field_key` of the settings)."""
    return Keys(Vault([settings.link_key]), Vault([settings.field_key]))


def token_hash(token: str) -> bytes:
    """SHA-256 of a random token of 128 bits or more."""
    return hashlib.sha256(token.encode()).digest()


def same(left: bytes, right: bytes) -> bool:
    """Equal, in constant time."""
    return hmac.compare_digest(left, right)
