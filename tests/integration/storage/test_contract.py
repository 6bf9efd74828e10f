"""One contract for every storage: the real store and the memory twin answer alike."""

import hashlib
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from app.infra.clock import SystemClock
from app.infra.embedded.s3 import client_for
from app.infra.storage.memory import MemoryStorage
from app.infra.storage.pieces import Pieces
from app.infra.storage.port import PART, AlreadyThere, ObjectMissing, TooLarge
from app.infra.storage.s3 import S3Access, S3Storage
from app.kernel.errors import Unavailable


@pytest.fixture
def access(pg: Any) -> S3Access:
    s3 = pg["s3"]
    return S3Access(
        s3["bucket"], s3["access_key"], s3["secret_key"], s3["url"], prefix=f"t-{uuid4().hex}/"
    )


@pytest.fixture(params=["memory", "s3"])
def storage(request: Any, pg: Any) -> Any:
    if request.param == "memory":
        return MemoryStorage()
    s3, prefix = pg["s3"], f"t-{uuid4().hex}/"
    return S3Storage(
        S3Access(s3["bucket"], s3["access_key"], s3["secret_key"], s3["url"], prefix=prefix),
        S3Access(
            s3["bucket"], s3["purge_access_key"], s3["purge_secret_key"], s3["url"], prefix=prefix
        ),
    )


class Failing(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        if not piece:
            raise ConnectionResetError
        return piece


@pytest.mark.parametrize("size", [1, PART, PART + 1, 2 * PART + 17])
def test_quarantine_keeps_every_byte_and_its_hash(storage: Any, size: Any) -> None:
    body = (b"0123456789abcdef" * (size // 16 + 1))[:size]

    found = storage.put_quarantine(io.BytesIO(body), size)

    assert (found.sha256, found.size) == (hashlib.sha256(body).hexdigest(), size)
    assert b"".join(storage.open(found.key)) == body


@pytest.mark.parametrize("limit", [10, PART + 5])
def test_b020_one_byte_over_the_limit_leaves_nothing(storage: Any, limit: Any) -> None:
    with pytest.raises(TooLarge):
        storage.put_quarantine(io.BytesIO(b"x" * (limit + 1)), limit)

    assert list(storage.list("quarantine/")) == []


def test_b037_a_cut_stream_leaves_nothing(storage: Any) -> None:
    with pytest.raises((ConnectionResetError, Unavailable)):
        storage.put_quarantine(Failing(b"x" * (2 * PART)), 3 * PART)

    assert list(storage.list("quarantine/")) == []


def test_an_empty_stream_is_an_empty_object(storage: Any) -> None:
    found = storage.put_quarantine(io.BytesIO(b""), 10)

    assert found.size == 0
    assert list(storage.open(found.key)) in ([], [b""])


def test_acceptance_copies_once_and_never_overwrites(storage: Any) -> None:
    first = storage.put_quarantine(io.BytesIO(b"first"), 10)
    second = storage.put_quarantine(io.BytesIO(b"second"), 10)
    stored = storage.accept(first.key, "case/1/complainant/aa")

    with pytest.raises(AlreadyThere):
        storage.accept(second.key, "case/1/complainant/aa")

    assert stored.size == 5
    assert b"".join(storage.open("case/1/complainant/aa", stored.version)) == b"first"
    assert [item.key for item in storage.list("case/")] == ["case/1/complainant/aa"]


def test_accepting_what_is_not_there_says_so(storage: Any) -> None:
    with pytest.raises(ObjectMissing):
        storage.accept("quarantine/none", "case/1/complainant/bb")


def test_ranges_and_heads(storage: Any) -> None:
    key = storage.put_quarantine(io.BytesIO(b"0123456789"), 10).key

    assert b"".join(storage.open(key, start=2, end=5)) == b"234"
    assert b"".join(storage.open(key, start=7)) == b"789"
    assert storage.head(key).size == 10
    assert storage.head("quarantine/none") is None
    with pytest.raises(ObjectMissing):
        storage.open("quarantine/none")


def test_quarantine_is_cleared_and_nothing_else(storage: Any) -> None:
    found = storage.put_quarantine(io.BytesIO(b"x"), 10)
    storage.accept(found.key, "case/1/desk/cc")

    storage.delete_quarantine(found.key)
    storage.delete_quarantine(found.key)

    assert list(storage.list("quarantine/")) == []
    with pytest.raises(ValueError, match="quarantine"):
        storage.delete_quarantine("case/1/desk/cc")


def test_retention_is_set_and_never_shortened(storage: Any) -> None:
    found = storage.put_quarantine(io.BytesIO(b"x"), 10)
    stored = storage.accept(found.key, "case/1/desk/dd")
    until = SystemClock().now().replace(microsecond=0) + timedelta(seconds=90)

    assert storage.retained_until(stored.key, stored.version) is None
    storage.retain(stored.key, stored.version, until)
    storage.retain(stored.key, stored.version, until - timedelta(seconds=60))

    assert storage.retained_until(stored.key, stored.version) == until


def test_b042_the_credential_of_the_application_deletes_and_replaces_nothing(
    access: Any, pg: Any
) -> None:
    storage = S3Storage(access)
    found = storage.put_quarantine(io.BytesIO(b"evidence"), 10)
    stored = storage.accept(found.key, "case/1/complainant/ee")
    storage.retain(stored.key, stored.version, SystemClock().now() + timedelta(seconds=60))
    app = client_for(access.endpoint, access.access_key, access.secret_key)
    purge = client_for(access.endpoint, pg["s3"]["purge_access_key"], pg["s3"]["purge_secret_key"])
    where = {"Bucket": access.bucket, "Key": access.prefix + stored.key}

    for client, more in (
        (app, {}),
        (app, {"VersionId": stored.version}),
        (purge, {"VersionId": stored.version}),
    ):
        with pytest.raises(ClientError) as caught:
            client.delete_object(**where, **more)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    with pytest.raises(ClientError) as taken:
        app.put_object(**where, Body=b"EVIL", IfNoneMatch="*")
    assert taken.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    app.put_object(**where, Body=b"EVIL")

    assert b"".join(storage.open(stored.key, stored.version)) == b"evidence"


@given(pieces=st.lists(st.binary(max_size=20), max_size=8), size=st.integers(1, 30))
def test_pieces_are_read_as_a_file_is(pieces: list[bytes], size: int) -> None:
    source, read = Pieces(pieces), []
    while chunk := source.read(size):
        read.append(chunk)

    assert b"".join(read) == b"".join(pieces)
    assert all(len(chunk) <= size for chunk in read)
    assert Pieces(pieces).read() == next((one for one in pieces if one), b"")


@pytest.mark.parametrize("before", [0, 1, PART + 1])
def test_what_fails_while_it_is_made_leaves_nothing(storage: Any, before: int) -> None:
    def made() -> Iterator[bytes]:
        yield b"x" * before
        raise LookupError

    with pytest.raises(LookupError):
        storage.put_quarantine(Pieces(made()), 2 * PART)

    assert list(storage.list("")) == []
    assert list(storage.open_parts()) == []
