"""Key and certificate from files: read, compared with each other, and for the demo made."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.infra.sign.port import SignFailed, SignFault

DEMO_BITS = 3072
DEMO_DAYS = 3650
"""Into the past as well as the future: the demo's own letters are older than its first start."""
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""id-kp-documentSigning, RFC 9336."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs: private key and certificate in DER, *others* the rest of the chain."""

    key: bytes
    certificate: bytes
    others: tuple[bytes, ...]
    name: str
    sha256: str
    valid_from: datetime
    valid_until: datetime


def read_identity(key_file: str, certificate_file: str, passphrase: str = "") -> Identity:
    """PEM files to an identity; the first certificate is the signer's. Raises SignFailed(key | mismatch)."""
    try:
        key = serialization.load_pem_private_key(
            Path(key_file).read_bytes(), passphrase.encode() if passphrase else None
        )
        chain = x509.load_pem_x509_certificates(Path(certificate_file).read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise SignFailed(SignFault.KEY, type(error).__name__) from error
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise SignFailed(SignFault.KEY, "neither RSA nor EC")
    own, others = chain[0], chain[1:]
    if own.public_key() != key.public_key():
        raise SignFailed(SignFault.MISMATCH)
    return Identity(
        key=key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        certificate=_der(own),
        others=tuple(_der(one) for one in others),
        name=own.subject.rfc4514_string() if not _common_name(own) else _common_name(own),
        sha256=own.fingerprint(hashes.SHA256()).hex(),
        valid_from=own.not_valid_before_utc,
        valid_until=own.not_valid_after_utc,
    )


def make_self_signed(folder: Path, name: str, now: datetime) -> tuple[Path, Path]:
    """Key and certificate of a demo, in files of mode 0600; files that are there stay. Gives their paths."""
    key_file, certificate_file = folder / "signing-key.pem", folder / "signing-certificate.pem"
    if key_file.exists() and certificate_file.exists():
        return key_file, certificate_file
    key = rsa.generate_private_key(public_exponent=65537, key_size=DEMO_BITS)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    certificate = _self_signed(key, name, now).public_bytes(serialization.Encoding.PEM)
    _write_private(certificate_file, certificate)
    _write_private(key_file, pem)
    return key_file, certificate_file


def _self_signed(key: rsa.RSAPrivateKey, name: str, now: datetime) -> x509.Certificate:
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    purposes = x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION])
    return (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=DEMO_DAYS))
        .not_valid_after(now + timedelta(days=DEMO_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(purposes, critical=False)
        .sign(key, hashes.SHA256())
    )


def _write_private(file: Path, content: bytes) -> None:
    """Complete or not at all, for the owner alone."""
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
    beside.replace(file)


def _common_name(certificate: x509.Certificate) -> str:
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)
