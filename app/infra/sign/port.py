"""What a signer takes and gives, and how it fails; no vendor library is imported here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.kernel.errors import RedressError


class SignFault(StrEnum):
    """Why a file was not signed. All of them may pass once somebody mends key or certificate."""

    NO_KEY = "no_signing_key"
    KEY = "signing_key_unreadable"
    MISMATCH = "signing_key_of_another_certificate"
    NOT_YET = "certificate_not_valid_yet"
    EXPIRED = "certificate_expired"
    CRASHED = "signature_failed"


class SignFailed(RedressError):
    """No signature. *fault* is the stable slug."""

    def __init__(self, fault: SignFault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault), code=fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class SignedPdf:
    """A signed file. *signer*: name in the certificate; *certificate*: SHA-256 of it, 64 hex digits."""

    pdf: bytes
    signer: str
    certificate: str


class Seal(StrEnum):
    """What the newest signature in a file is worth, before asking whose it is."""

    NONE = "none"
    """No signature, or no PDF at all."""
    INTACT = "intact"
    """The signature fits the bytes, and nothing follows them."""
    BROKEN = "broken"
    """A byte under the signature is not the one that was signed."""
    ADDED = "added"
    """The signed bytes are whole, but something was added after them."""
    UNREADABLE = "unreadable"
    """The file cannot be read within our limits."""


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What a check found; *certificate* and *signer* only say who claims to have signed."""

    seal: Seal
    signer: str = ""
    certificate: str = ""
    signed_at: datetime | None = None


class Signer(Protocol):
    """Signs our letters and checks files of anybody."""

    @property
    def is_configured(self) -> bool:
        """False: letters are issued without a signature."""
        ...

    def problem(self, now: datetime) -> str:
        """Why the next letter would leave without a signature, or wait; empty when all is well."""
        ...

    def sign(self, pdf: bytes, moment: datetime) -> SignedPdf:
        """*pdf* with one PAdES signature over all of it; *moment*, aware UTC, is the time it claims.

        The same file, key and moment give the same bytes where the key is RSA. Raises SignFailed.
        """
        ...

    def examine(self, pdf: bytes) -> SignatureReport:
        """Check the signature of any file; never raises for what the file holds."""
        ...
