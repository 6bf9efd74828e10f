"""Codes of authenticator apps (RFC 6238, six digits, 30 seconds, one step of tolerance)."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

STEP_SECONDS = 30
_DRIFT = (0, -1, 1)


def new_secret() -> str:
    """160 random bits in base 32."""
    return pyotp.random_base32(32)


def provisioning_uri(secret: str, email: str, issuer: str) -> str:
    """The address that a QR code carries."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step for which *code* is right, or nothing. All steps are compared, whatever the answer."""
    current = int(now.timestamp()) // STEP_SECONDS
    totp, given = pyotp.TOTP(secret), code.encode()
    found = None
    for drift in _DRIFT:
        if (
            hmac.compare_digest(totp.generate_otp(current + drift).encode(), given)
            and found is None
        ):
            found = current + drift
    return found


def code_at(secret: str, now: datetime) -> str:
    """The code an app would show; for tests and the demo's sign-in page."""
    return pyotp.TOTP(secret).generate_otp(int(now.timestamp()) // STEP_SECONDS)
