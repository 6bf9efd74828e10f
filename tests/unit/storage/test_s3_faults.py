"""Whatever the store does wrong arrives as one of our own errors, within a time limit."""

import io
import socket
import time

import pytest

from app.infra.storage.port import TooLarge, require_quarantine
from app.infra.storage.s3 import S3Access, S3Storage, make_client
from app.kernel.errors import Unavailable


def _nobody() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def test_b038_a_store_that_is_away_is_unavailable_soon() -> None:
    access = S3Access("b", "k", "s", _nobody())
    storage = S3Storage(access, client=make_client(access, attempts=1))
    began = time.monotonic()

    with pytest.raises(Unavailable):
        storage.put_quarantine(io.BytesIO(b"x"), 10)

    assert time.monotonic() - began < 20, "the library waits a minute unless told"


def test_only_quarantine_may_be_cleared() -> None:
    with pytest.raises(ValueError, match="quarantine"):
        require_quarantine("case/1/complainant/aa")
    with pytest.raises(ValueError, match="quarantine"):
        require_quarantine("quarantine/../case/1")


def test_the_secret_never_shows_in_a_trace() -> None:
    assert "hush" not in repr(S3Access("b", "k", "hush"))


def test_b020_the_limit_is_checked_before_anything_is_sent() -> None:
    access = S3Access("b", "k", "s", _nobody())
    storage = S3Storage(access, client=make_client(access, attempts=1))

    with pytest.raises(TooLarge):
        storage.put_quarantine(io.BytesIO(b"12345"), 4)
