"""The S3 rows of the fault matrix: whatever happens on the way, no call lies and none hangs (B038, I8)."""

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from app.infra.clock import SystemClock
from app.infra.storage.port import PART, AlreadyThere, ObjectMissing
from app.infra.storage.s3 import S3Access, S3Storage, make_client
from app.kernel.errors import Unavailable
from tests.integration.storage.proxy import HASTY, HONEST, MODES, between, patience

BODY = b"evidence " * 1000


@pytest.fixture
def access(pg: Any) -> S3Access:
    s3 = pg["s3"]
    return S3Access(
        s3["bucket"], s3["access_key"], s3["secret_key"], s3["url"], prefix=f"t-{uuid4().hex}/"
    )


@pytest.fixture
def direct(access: S3Access) -> S3Storage:
    return S3Storage(access)


@pytest.fixture(params=sorted(MODES))
def mode(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def faulty(access: S3Access, mode: str) -> Iterator[S3Storage]:
    assert access.endpoint is not None
    with between(access.endpoint, mode) as url:
        there = replace(access, endpoint=url)
        client = make_client(there, read_timeout=patience(mode), attempts=1)
        yield S3Storage(there, client=client)


CALLS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "put": lambda faulty, _held, _kept: faulty.put_quarantine(io.BytesIO(BODY), PART),
    "put_in_parts": lambda faulty, _held, _kept: faulty.put_quarantine(
        io.BytesIO(BODY * 1000), 2 * PART
    ),
    "accept": lambda faulty, held, _kept: faulty.accept(held.key, "case/1/desk/new"),
    "head": lambda faulty, _held, kept: faulty.head(kept.key, kept.version),
    "open": lambda faulty, _held, kept: b"".join(faulty.open(kept.key, kept.version)),
    "list": lambda faulty, _held, _kept: list(faulty.list("case/")),
    "retain": lambda faulty, _held, kept: faulty.retain(
        kept.key, kept.version, SystemClock().now().replace(year=2027)
    ),
}


@pytest.mark.parametrize("call", CALLS)
def test_every_call_answers_truly_or_says_unavailable(
    direct: S3Storage, faulty: S3Storage, mode: str, call: str
) -> None:
    held = direct.put_quarantine(io.BytesIO(BODY), PART)
    kept = direct.accept(held.key, "case/1/desk/kept")
    began = time.monotonic()

    try:
        CALLS[call](faulty, held, kept)
        outcome = "answered"
    except Unavailable:
        outcome = "unavailable"

    assert time.monotonic() - began < 60
    assert outcome == ("answered" if mode in HONEST else "unavailable")
    assert b"".join(direct.open(kept.key, kept.version)) == BODY


def test_what_was_said_to_be_there_is_there_and_a_second_try_converges(
    direct: S3Storage, faulty: S3Storage
) -> None:
    held = direct.put_quarantine(io.BytesIO(BODY), PART)
    try:
        said = faulty.accept(held.key, "case/1/desk/once").key
    except Unavailable:
        said = ""

    try:
        direct.accept(held.key, "case/1/desk/once")
    except AlreadyThere:
        said = "stored"

    assert said in {"", "stored"}
    assert b"".join(direct.open("case/1/desk/once")) == BODY


def test_an_upload_that_failed_in_parts_leaves_no_object(
    direct: S3Storage, faulty: S3Storage, mode: str
) -> None:
    try:
        found = faulty.put_quarantine(io.BytesIO(BODY * 1000), 2 * PART)
    except Unavailable:
        found = None

    stored = [item for item in direct.list("quarantine/") if item.size == len(BODY) * 1000]
    assert (found is not None) == (mode in HONEST)
    assert len(stored) == (mode in HONEST) or mode in {"loses_the_answer", "half_an_answer"}


def test_reading_what_was_cut_never_gives_a_short_file(direct: S3Storage, access: S3Access) -> None:
    big = direct.put_quarantine(io.BytesIO(BODY * 300), PART)
    assert access.endpoint is not None

    with between(access.endpoint, "half_an_answer") as url:
        there = replace(access, endpoint=url)
        storage = S3Storage(there, client=make_client(there, read_timeout=HASTY, attempts=1))
        with pytest.raises((Unavailable, ObjectMissing)):
            b"".join(storage.open(big.key))
