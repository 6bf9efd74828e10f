"""The checking child: reads one file from stdin, limits itself, writes what it found as JSON to stdout.

Run as `python -m app.infra.sign.child` by `examine` only.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import sys
from collections.abc import Coroutine
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from app.infra.limits import wall_in
from app.infra.sign.port import Seal

CPU_SECONDS = 10
MEMORY_BYTES = 1_500_000_000
LARGEST = 40_000_000


def found_in(pdf: bytes) -> dict[str, Any]:
    """What the newest signature says and is worth."""
    signatures = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_regular_signatures
    if not signatures:
        return {"seal": Seal.NONE, "signer": "", "certificate": "", "signed_at": ""}
    newest = signatures[-1]
    certificate = newest.signer_cert
    moment = newest.self_reported_timestamp
    return {
        "seal": _seal(newest),
        "signer": str(certificate.subject.native.get("common_name") or ""),
        "certificate": hashlib.sha256(certificate.dump()).hexdigest(),
        "signed_at": moment.isoformat() if moment else "",
    }


def _seal(signature: Any) -> Seal:
    """Whether the signature fits its bytes, and whether they are the whole file. Whose it is, others ask."""
    context = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    status = _now(async_validate_pdf_signature(signature, context, skip_diff=True))
    if not (status.intact and status.valid):
        return Seal.BROKEN
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return Seal.INTACT if whole else Seal.ADDED


def _now(checking: Coroutine[Any, Any, Any]) -> Any:
    """Its result without an event loop, which would need a socket: nothing is fetched, so it never waits."""
    try:
        checking.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("the check wants to wait for something")


def main() -> None:
    """One file from stdin to a line of JSON."""
    logging.disable(logging.CRITICAL)
    pdf = sys.stdin.buffer.read(LARGEST + 1)
    wall_in(CPU_SECONDS, MEMORY_BYTES)
    try:
        told = found_in(pdf)
    except Exception:  # noqa: BLE001 (whatever a hostile file does to a parser)
        told = {"seal": Seal.UNREADABLE, "signer": "", "certificate": "", "signed_at": ""}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
