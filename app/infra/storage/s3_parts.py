"""Uploads in parts straight from the browser: signed addresses, what is safe, finishing, forgetting.

Each address holds for one part, its length and its SHA-256: other bytes are refused by the store itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.infra.storage.port import (
    QUARANTINE,
    SIGNED_FOR,
    ObjectMissing,
    Part,
    Parts,
    SignedPart,
    Stored,
    WrongBytes,
    quarantine_key,
    require_quarantine,
)
from app.infra.storage.s3_faults import faults

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CHECKSUM = "x-amz-checksum-sha256"


class S3Parts(ABC):
    """The half of the port that browsers use; `S3Storage` is the whole."""

    _bucket: str
    _prefix: str
    _client: S3Client
    _signer: S3Client

    @abstractmethod
    def head(self, key: str, version: str = "") -> Stored | None:
        """See `Storage`; the other half has it."""

    def begin_parts(self) -> Parts:
        """See `Storage`."""
        key = quarantine_key()
        with faults(key):
            begun = self._client.create_multipart_upload(
                Bucket=self._bucket, Key=self._prefix + key, ChecksumAlgorithm="SHA256"
            )
        return Parts(key, begun["UploadId"])

    def sign_part(self, parts: Parts, number: int, size: int, checksum: str) -> SignedPart:
        """See `Storage`. Length and checksum are part of the signature."""
        url = self._signer.generate_presigned_url(
            "upload_part",
            Params={
                **self._of(parts),
                "PartNumber": number,
                "ContentLength": size,
                "ChecksumSHA256": checksum,
            },
            ExpiresIn=SIGNED_FOR,
        )
        return SignedPart(number, url, {CHECKSUM: checksum})

    def parts_of(self, parts: Parts) -> tuple[Part, ...]:
        """See `Storage`."""
        pages = self._client.get_paginator("list_parts")
        with faults(parts.key):
            return tuple(
                Part(entry["PartNumber"], entry["Size"], entry["ETag"])
                for page in pages.paginate(**self._of(parts))
                for entry in page.get("Parts", [])
            )

    def finish_parts(
        self, parts: Parts, checksums: Sequence[str], held: Sequence[Part] | None = None
    ) -> Stored:
        """See `Storage`."""
        try:
            listed = self.parts_of(parts) if held is None else held
            safe = {part.number: part for part in listed}
            if sorted(safe) != list(range(1, len(checksums) + 1)):
                raise WrongBytes(parts.key)
            named: list[Any] = [
                {"PartNumber": n, "ETag": safe[n].etag, "ChecksumSHA256": checksum}
                for n, checksum in enumerate(checksums, start=1)
            ]
            with faults(parts.key):
                self._client.complete_multipart_upload(
                    **self._of(parts), MultipartUpload={"Parts": named}
                )
        except ObjectMissing:
            pass  # finished before, and the answer was lost; or never begun
        stored = self.head(parts.key)
        if stored is None:
            raise ObjectMissing(parts.key)
        return stored

    def abort_parts(self, parts: Parts) -> None:
        """See `Storage`."""
        require_quarantine(parts.key)
        with suppress(ObjectMissing), faults(parts.key):
            self._client.abort_multipart_upload(**self._of(parts))

    def open_parts(self) -> Iterator[tuple[Parts, datetime]]:
        """See `Storage`."""
        pages = self._client.get_paginator("list_multipart_uploads")
        with faults(QUARANTINE):
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + QUARANTINE):
                for entry in page.get("Uploads", []):
                    key = entry["Key"].removeprefix(self._prefix)
                    yield Parts(key, entry["UploadId"]), entry["Initiated"]

    def _of(self, parts: Parts) -> dict[str, Any]:
        return {
            "Bucket": self._bucket,
            "Key": self._prefix + parts.key,
            "UploadId": parts.upload,
        }
