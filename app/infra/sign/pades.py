"""Signing with the key of the installation: PAdES baseline B-B, a certification that allows no change.

The library is loaded with the first letter: it takes a second and belongs to workers. No time-stamp
authority is asked, so the time in a signature is our own word (docs/operators.md).
"""

from __future__ import annotations

import io
from datetime import datetime
from functools import cached_property
from typing import Any

from app.infra.sign.certificates import Identity, read_identity
from app.infra.sign.examine import examine
from app.infra.sign.port import SignatureReport, SignedPdf, SignFailed, SignFault

FIELD = "Signature"


class PadesSigner:
    """See `Signer`. Files are read at the first use; a broken one keeps letters waiting, not pages."""

    is_configured = True

    def __init__(self, key_file: str, certificate_file: str, passphrase: str = "") -> None:
        self._files = (key_file, certificate_file, passphrase)

    @cached_property
    def identity(self) -> Identity:
        """Key and certificate. Raises SignFailed."""
        return read_identity(*self._files)

    def problem(self, now: datetime) -> str:
        """See `Signer`."""
        try:
            self._require_valid(now)
        except SignFailed as error:
            return f"letters wait for their signature: {error.fault}"
        return ""

    def sign(self, pdf: bytes, moment: datetime) -> SignedPdf:
        """See `Signer`."""
        self._require_valid(moment)
        try:
            signed = _signed(pdf, self.identity, moment)
        except Exception as error:
            raise SignFailed(SignFault.CRASHED, type(error).__name__) from error
        return SignedPdf(signed, self.identity.name, self.identity.sha256)

    def examine(self, pdf: bytes) -> SignatureReport:
        """See `Signer`."""
        return examine(pdf)

    def _require_valid(self, moment: datetime) -> None:
        if moment < self.identity.valid_from:
            raise SignFailed(SignFault.NOT_YET)
        if moment >= self.identity.valid_until:
            raise SignFailed(SignFault.EXPIRED)


def _signed(pdf: bytes, identity: Identity, moment: datetime) -> bytes:
    """An incremental update with the signature; title, producer and dates of the file stay as they are."""
    from asn1crypto import keys, x509
    from pyhanko.sign import fields, signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    registry = SimpleCertificateStore()
    registry.register_multiple([x509.Certificate.load(der) for der in identity.others])
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(identity.certificate),
        signing_key=keys.PrivateKeyInfo.load(identity.key),
        cert_registry=registry,
    )
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    field = fields.SigFieldSpec(
        FIELD,
        invis_sig_settings=fields.InvisSigSettings(box_out_of_bounds=True),
        readable_field_name=FIELD,
    )
    out = _pdf_signer(moment)(meta, signer, new_field_spec=field).sign_pdf(
        _writer()(io.BytesIO(pdf))
    )
    return bytes(out.getvalue())


def _pdf_signer(moment: datetime) -> Any:
    """The library's signer, with our time in place of the machine's."""
    from pyhanko.sign.signers import PdfSigner

    class AtMoment(PdfSigner):
        def init_signing_session(self, *args: Any, **values: Any) -> Any:
            session = super().init_signing_session(*args, **values)
            session.system_time = moment
            return session

    return AtMoment


def _writer() -> Any:
    """The library's incremental writer without its own stamp on the metadata, and with our identifiers."""
    import hashlib

    from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class Quiet(IncrementalPdfFileWriter):
        def _update_meta(self) -> None:
            """The letter says who made it, and when; a library has nothing to add."""

        @classmethod
        def _handle_id(cls, prev: Any) -> Any:
            first = ByteStringObject(bytes(prev.trailer["/ID"][0].original_bytes))
            second = hashlib.sha256(b"signed" + bytes(first)).digest()[:16]
            return ArrayObject([first, ByteStringObject(second)])

    return Quiet
