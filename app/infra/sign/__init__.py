"""PAdES signatures on our letters: made with the key of the installation, checked for anybody in a limited child."""

from __future__ import annotations

from typing import Any

from app.infra.sign.pades import PadesSigner
from app.infra.sign.unsigned import NoSigner


def make_signer(settings: Any) -> PadesSigner | NoSigner:
    """The signer of the application; without a key letters leave unsigned, and everybody is told so."""
    if not settings.signing_key_file:
        return NoSigner()
    return PadesSigner(
        settings.signing_key_file, settings.signing_certificate_file, settings.signing_passphrase
    )
