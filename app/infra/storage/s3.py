"""S3 behind the storage port: boto3 with explicit timeouts, own multipart loop, faults as `Unavailable`.

Deleting is not in the power of the application's credential: quarantine is cleared with the purge
credential where one is configured, and accepted evidence is never deleted here at all.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from app.infra.storage.hashing import HashingReader
from app.infra.storage.port import (
    CHUNK,
    PART,
    ObjectMissing,
    Quarantined,
    Source,
    Stored,
    quarantine_key,
    require_quarantine,
)
from app.infra.storage.s3_faults import faults
from app.infra.storage.s3_parts import S3Parts
from app.kernel.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

COPY_SECONDS = 300
"""How long the store may take to copy five gigabytes."""
_NO_LOCKS = {
    "NoSuchObjectLockConfiguration",
    "ObjectLockConfigurationNotFoundError",
    "NotImplemented",
}


@dataclass(frozen=True, slots=True)
class S3Access:
    """Where the bucket is and who we are there. *endpoint*: None for AWS itself.

    *public*: the address that browsers use when it is another one.
    """

    bucket: str
    access_key: str
    secret_key: str = field(repr=False)
    endpoint: str | None = None
    region: str = "us-east-1"
    prefix: str = ""
    public: str | None = None


def make_client(access: S3Access, *, read_timeout: int = 20, attempts: int = 3) -> S3Client:
    """A client that gives up: 3 s to connect, *read_timeout* seconds a read, *attempts* tries with jitter."""
    return boto3.client(
        "s3",
        endpoint_url=access.endpoint,
        region_name=access.region,
        aws_access_key_id=access.access_key,
        aws_secret_access_key=access.secret_key,
        config=Config(
            connect_timeout=3,
            read_timeout=read_timeout,
            retries={"total_max_attempts": attempts, "mode": "standard"},
            max_pool_connections=32,
            s3={"addressing_style": "path" if access.endpoint else "auto"},
        ),
    )


def make_signer(access: S3Access) -> S3Client:
    """A client that only signs addresses for browsers: it opens no connection."""
    return boto3.client(
        "s3",
        endpoint_url=access.public or access.endpoint,
        region_name=access.region,
        aws_access_key_id=access.access_key,
        aws_secret_access_key=access.secret_key,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if access.endpoint else "auto"},
        ),
    )


def from_settings(settings: Any) -> S3Storage:
    """Two credentials over one bucket; without a purge credential nothing is ever removed."""
    where: dict[str, Any] = {
        "bucket": settings.s3_bucket,
        "endpoint": settings.s3_endpoint or None,
        "region": settings.s3_region,
        "prefix": settings.s3_prefix,
        "public": settings.s3_public_url or None,
    }
    access = S3Access(access_key=settings.s3_access_key, secret_key=settings.s3_secret_key, **where)
    if not settings.s3_purge_access_key:
        return S3Storage(access)
    return S3Storage(
        access,
        S3Access(
            access_key=settings.s3_purge_access_key,
            secret_key=settings.s3_purge_secret_key,
            **where,
        ),
    )


class S3Storage(S3Parts):
    """The port over one bucket. *access.prefix* goes before every key (tests share one server)."""

    def __init__(
        self,
        access: S3Access,
        purge: S3Access | None = None,
        client: S3Client | None = None,
    ) -> None:
        self._bucket = access.bucket
        self._prefix = access.prefix
        self._client = client or make_client(access)
        self._purge = make_client(purge) if purge else self._client
        self._signer = make_signer(access)
        self._copier = client or make_client(access, read_timeout=COPY_SECONDS, attempts=2)

    def put_quarantine(self, stream: Source, limit: int) -> Quarantined:
        """See `Storage`. One part in memory at a time; a cut upload is aborted, so nothing stays."""
        key, reader = quarantine_key(), HashingReader(stream, limit)
        pieces = reader.pieces(PART)
        first, second = next(pieces, b""), next(pieces, None)
        with faults(key):
            if second is None:
                self._client.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=first)
            else:
                self._put_in_parts(key, _chain(first, second, pieces))
        return Quarantined(key, reader.sha256, reader.size)

    def _put_in_parts(self, key: str, pieces: Iterator[bytes]) -> None:
        where: Any = {"Bucket": self._bucket, "Key": self._prefix + key}
        upload = self._client.create_multipart_upload(**where)["UploadId"]
        try:
            parts: list[Any] = []
            for number, piece in enumerate(pieces, start=1):
                done = self._client.upload_part(
                    **where, UploadId=upload, PartNumber=number, Body=piece
                )
                parts.append({"PartNumber": number, "ETag": done["ETag"]})
            self._client.complete_multipart_upload(
                **where, UploadId=upload, MultipartUpload={"Parts": parts}
            )
        except BaseException:
            with contextlib.suppress(ClientError, BotoCoreError, HTTPClientError, OSError):
                self._client.abort_multipart_upload(**where, UploadId=upload)
            raise

    def accept(self, quarantine_key: str, final_key: str) -> Stored:
        """See `Storage`."""
        require_quarantine(quarantine_key)
        with faults(final_key):
            done = self._copier.copy_object(
                Bucket=self._bucket,
                Key=self._prefix + final_key,
                CopySource={
                    "Bucket": self._bucket,
                    "Key": self._prefix + quarantine_key,
                },
                IfNoneMatch="*",
                ContentType="application/octet-stream",
                MetadataDirective="REPLACE",
            )
        version = done.get("VersionId", "")
        stored = self.head(final_key, version)
        if stored is None:
            raise Unavailable("storage", "the accepted object is not there yet")
        return Stored(final_key, version, stored.size, stored.modified_at)

    def retain(self, key: str, version: str, until: datetime) -> None:
        """See `Storage`. COMPLIANCE: nobody shortens it, not even the owner of the bucket."""
        held = self.retained_until(key, version)
        if held is not None and held >= until:
            return
        with faults(key):
            self._client.put_object_retention(
                **self._which(key, version),
                Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until},
            )

    def retained_until(self, key: str, version: str) -> datetime | None:
        """See `Storage`."""
        with faults(key):
            try:
                found = self._client.get_object_retention(**self._which(key, version))
            except ClientError as error:
                code = str(error.response.get("Error", {}).get("Code", ""))
                if code in _NO_LOCKS:
                    return None
                if code == "404":  # a bare status: the words that say what is missing were cut off
                    raise Unavailable("storage", "the object store's answer was cut") from error
                raise
        return found.get("Retention", {}).get("RetainUntilDate")

    def open(
        self, key: str, version: str = "", start: int = 0, end: int | None = None
    ) -> Iterator[bytes]:
        """See `Storage`."""
        span: Any = {}
        if start or end is not None:
            span["Range"] = f"bytes={start}-{'' if end is None else end - 1}"
        with faults(key):
            body = self._client.get_object(**self._which(key, version), **span)["Body"]
        return _stream(body, key)

    def head(self, key: str, version: str = "") -> Stored | None:
        """See `Storage`."""
        try:
            with faults(key):
                found = self._client.head_object(**self._which(key, version))
        except ObjectMissing:
            return None
        return Stored(
            key,
            found.get("VersionId", ""),
            found["ContentLength"],
            found["LastModified"],
        )

    def list(self, prefix: str) -> Iterator[Stored]:
        """See `Storage`."""
        pages = self._client.get_paginator("list_objects_v2")
        with faults(prefix):
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix):
                for entry in page.get("Contents", []):
                    key = entry["Key"].removeprefix(self._prefix)
                    yield Stored(key, "", entry["Size"], entry["LastModified"])

    def delete_quarantine(self, key: str) -> None:
        """See `Storage`. Removes the bytes, not only the name, so that nothing stays in old versions."""
        require_quarantine(key)
        stored = self.head(key)
        if stored is None:
            return
        with faults(key):
            self._purge.delete_object(**self._which(key, stored.version))

    def purge(self, key: str, version: str = "") -> bool:
        """See `Storage`. Needs the purge credential; the store itself refuses what is retained."""
        stored = self.head(key, version)
        if stored is None:
            return True
        if self.retained_until(key, stored.version) is not None:
            return False
        with faults(key):
            self._purge.delete_object(**self._which(key, stored.version))
        return True

    def _which(self, key: str, version: str) -> dict[str, Any]:
        which = {"Bucket": self._bucket, "Key": self._prefix + key}
        return which | {"VersionId": version} if version else which


def _stream(body: Any, key: str) -> Iterator[bytes]:
    """The body in pieces; the connection is given back at the end or when the reader walks away."""
    with contextlib.closing(body), faults(key):
        yield from body.iter_chunks(CHUNK)


def _chain(first: bytes, second: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield second
    yield from rest
