"""Uploads in parts: one contract for the real store and the memory twin; then what only the real one can show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from app.infra.storage.memory import MemoryStorage
from app.infra.storage.port import PART, ObjectMissing, Parts, WrongBytes
from app.infra.storage.s3 import S3Access, S3Storage, make_client
from app.kernel.errors import Unavailable
from tests.integration.storage.proxy import HONEST, MODES, between, patience
from tests.support.parts import checksum, put_part, send

FIRST, LAST = b"a" * PART, b"b" * 1000


@pytest.fixture
def access(pg: Any) -> S3Access:
    s3 = pg["s3"]
    return S3Access(
        s3["bucket"], s3["access_key"], s3["secret_key"], s3["url"], prefix=f"t-{uuid4().hex}/"
    )


@pytest.fixture(params=["memory", "s3"])
def storage(request: Any, access: S3Access) -> Any:
    return MemoryStorage() if request.param == "memory" else S3Storage(access)


def test_parts_become_one_object_in_their_order(storage: Any) -> None:
    parts = storage.begin_parts()
    assert send(storage, parts, 2, LAST)
    assert send(storage, parts, 1, FIRST)

    held = storage.parts_of(parts)
    stored = storage.finish_parts(parts, [checksum(FIRST), checksum(LAST)])

    assert [(part.number, part.size) for part in held] == [(1, PART), (2, 1000)]
    assert (stored.key, stored.size) == (parts.key, PART + 1000)
    assert b"".join(storage.open(parts.key)) == FIRST + LAST


def test_the_store_itself_refuses_other_bytes_and_other_lengths(storage: Any) -> None:
    parts = storage.begin_parts()
    signed = storage.sign_part(parts, 1, len(LAST), checksum(LAST))

    assert not put_part(storage, signed.url, b"c" * 1000, signed.headers)
    assert not put_part(storage, signed.url, LAST + b"x", signed.headers)
    other = dict.fromkeys(signed.headers, checksum(b"c" * 1000))
    assert not put_part(storage, signed.url, b"c" * 1000, other)

    assert storage.parts_of(parts) == ()


def test_a_part_may_be_sent_again(storage: Any) -> None:
    parts = storage.begin_parts()
    assert send(storage, parts, 1, LAST)
    assert send(storage, parts, 1, LAST)

    assert storage.finish_parts(parts, [checksum(LAST)]).size == 1000


def test_a_missing_or_other_part_makes_no_object(storage: Any) -> None:
    parts = storage.begin_parts()
    send(storage, parts, 1, LAST)

    for sums in ([checksum(FIRST)], [checksum(LAST), checksum(LAST)]):
        with pytest.raises(WrongBytes):
            storage.finish_parts(parts, sums)

    assert storage.head(parts.key) is None
    assert storage.finish_parts(parts, [checksum(LAST)]).size == 1000


def test_what_was_listed_just_now_need_not_be_listed_again(
    storage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = storage.begin_parts()
    send(storage, parts, 1, LAST)
    held = storage.parts_of(parts)
    monkeypatch.setattr(type(storage), "parts_of", lambda *_: pytest.fail("listed again"))

    for sums, said in (([checksum(LAST)], ()), ([checksum(FIRST)], held)):
        with pytest.raises(WrongBytes):
            storage.finish_parts(parts, sums, said)
    assert storage.finish_parts(parts, [checksum(LAST)], held).size == 1000
    assert storage.finish_parts(parts, [checksum(LAST)], held).size == 1000


def test_finishing_twice_gives_the_same_object(storage: Any) -> None:
    parts = storage.begin_parts()
    send(storage, parts, 1, LAST)
    first = storage.finish_parts(parts, [checksum(LAST)])

    again = storage.finish_parts(parts, [checksum(LAST)])

    assert (again.key, again.version) == (first.key, first.version)
    with pytest.raises(ObjectMissing):
        storage.parts_of(parts)


def test_what_was_aborted_is_gone_and_takes_nothing(storage: Any) -> None:
    parts = storage.begin_parts()
    send(storage, parts, 1, LAST)
    signed = storage.sign_part(parts, 1, len(LAST), checksum(LAST))

    storage.abort_parts(parts)
    storage.abort_parts(parts)

    assert not put_part(storage, signed.url, LAST, signed.headers)
    with pytest.raises(ObjectMissing):
        storage.parts_of(parts)
    with pytest.raises(ObjectMissing):
        storage.finish_parts(parts, [checksum(LAST)])
    assert list(storage.open_parts()) == []


def test_aborting_does_not_touch_what_was_finished(storage: Any) -> None:
    parts = storage.begin_parts()
    send(storage, parts, 1, LAST)
    storage.finish_parts(parts, [checksum(LAST)])

    storage.abort_parts(parts)

    assert b"".join(storage.open(parts.key)) == LAST


def test_open_uploads_are_listed_with_their_beginning(storage: Any) -> None:
    parts = storage.begin_parts()
    other = storage.begin_parts()

    found = dict(storage.open_parts())

    assert set(found) == {parts, other}
    assert all(began.tzinfo is not None for began in found.values())
    with pytest.raises(ValueError, match="quarantine"):
        storage.abort_parts(Parts("case/1/complainant/x", parts.upload))


def test_addresses_use_the_public_name_and_end(access: S3Access) -> None:
    public = S3Access(
        access.bucket, access.access_key, access.secret_key, access.endpoint, public="https://files.example"
    )  # fmt: skip
    signed = S3Storage(public).sign_part(Parts("quarantine/x", "u"), 1, 5, checksum(b"12345"))

    assert signed.url.startswith(f"https://files.example/{access.bucket}/quarantine/x?")
    assert "X-Amz-Expires=900" in signed.url
    assert "content-length%3Bhost%3Bx-amz-checksum-sha256" in signed.url
    assert access.secret_key not in signed.url


CALLS: dict[str, Any] = {
    "begin_parts": lambda faulty, _parts: faulty.begin_parts(),
    "parts_of": lambda faulty, parts: faulty.parts_of(parts),
    "finish_parts": lambda faulty, parts: faulty.finish_parts(parts, [checksum(LAST)]),
    "abort_parts": lambda faulty, parts: faulty.abort_parts(parts),
    "open_parts": lambda faulty, _parts: list(faulty.open_parts()),
}


TELLING = ("loses_the_answer", "hangs", "says_503")


@pytest.mark.parametrize(
    ("call", "mode"),
    [("finish_parts", mode) for mode in sorted(MODES)]
    + [(call, mode) for call in CALLS if call != "finish_parts" for mode in TELLING],
)
def test_every_call_answers_truly_or_says_unavailable(
    access: S3Access, mode: str, call: str
) -> None:
    direct = S3Storage(access)
    parts = direct.begin_parts()
    send(direct, parts, 1, LAST)
    assert access.endpoint is not None

    with between(access.endpoint, mode) as url:
        there = replace(access, endpoint=url)
        client = make_client(there, read_timeout=patience(mode), attempts=1)
        faulty = S3Storage(there, client=client)
        try:
            CALLS[call](faulty, parts)
            outcome = "answered"
        except Unavailable:
            outcome = "unavailable"

    assert outcome == ("answered" if mode in HONEST else "unavailable")
    if call != "abort_parts":
        assert direct.finish_parts(parts, [checksum(LAST)]).size == len(LAST)
        assert b"".join(direct.open(parts.key)) == LAST
