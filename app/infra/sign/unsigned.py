"""The signer of an installation without a key: it signs nothing and says so; it still checks files."""

from __future__ import annotations

from datetime import datetime

from app.infra.sign.examine import examine
from app.infra.sign.port import SignatureReport, SignedPdf, SignFailed, SignFault


class NoSigner:
    """See `Signer`."""

    is_configured = False

    def problem(self, now: datetime) -> str:
        """See `Signer`."""
        del now
        return "no signing key: letters are issued without a signature"

    def sign(self, pdf: bytes, moment: datetime) -> SignedPdf:
        """See `Signer`."""
        del pdf, moment
        raise SignFailed(SignFault.NO_KEY)

    def examine(self, pdf: bytes) -> SignatureReport:
        """See `Signer`."""
        return examine(pdf)
