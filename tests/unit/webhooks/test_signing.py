"""Signatures as others' software checks them: the verifier of the Standard Webhooks project (B172)."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from app.infra.clock import SystemClock
from app.webhooks.rules.kinds import IDS, Kind
from app.webhooks.rules.signing import (
    body_of,
    headers_of,
    key_of,
    secret_text,
    signature,
    webhook_id,
)

KEYS = st.binary(min_size=24, max_size=64)
NAMES = st.uuids().map(str) | st.just("RD-7K4M-29QX")


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    kind = draw(st.sampled_from(list(Kind)))
    at = draw(st.datetimes(min_value=datetime(2020, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
    return body_of(kind, at, {name: draw(NAMES) for name in IDS[kind]})


@given(KEYS, st.uuids(), bodies())
def test_others_software_accepts_what_we_sign(key: bytes, delivery: UUID, body: bytes) -> None:
    secret = secret_text(key)
    headers = headers_of([secret], webhook_id(delivery), SystemClock().now(), body)

    assert Webhook(secret).verify(body, headers) == json.loads(body)


@given(KEYS, KEYS, st.uuids(), bodies())
def test_b172_in_rotation_either_secret_is_enough_and_no_third_one(
    newer: bytes, older: bytes, delivery: UUID, body: bytes
) -> None:
    secrets = [secret_text(newer), secret_text(older)]
    headers = headers_of(secrets, webhook_id(delivery), SystemClock().now(), body)

    for secret in secrets:
        Webhook(secret).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(bytes(byte ^ 0xFF for byte in newer))).verify(body, headers) if (
            bytes(byte ^ 0xFF for byte in newer) != older
        ) else Webhook(secret_text(b"another key of 24 bytes!")).verify(body, headers)


@given(KEYS, st.uuids(), bodies(), st.data())
def test_b172_one_changed_bit_anywhere_is_refused(
    key: bytes, delivery: UUID, body: bytes, data: st.DataObject
) -> None:
    secret = secret_text(key)
    headers = headers_of([secret], webhook_id(delivery), SystemClock().now(), body)
    place = data.draw(st.integers(0, len(body) - 1))
    changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(changed, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, {**headers, "webhook-id": f"msg_{delivery.hex[::-1]}x"})
    later = str(int(headers["webhook-timestamp"]) + 1)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, {**headers, "webhook-timestamp": later})


@pytest.mark.parametrize("away", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_b172_an_old_or_future_capture_is_refused(away: timedelta) -> None:
    secret = secret_text(b"a key of twenty-four byt")
    body = body_of(Kind.PING, datetime(2026, 11, 20, 9, tzinfo=UTC), {"endpoint": "one"})
    headers = headers_of([secret], "msg_1", SystemClock().now() + away, body)

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


def test_the_example_of_the_specification_comes_out() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'

    said = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)

    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(KEYS)
def test_a_secret_is_marked_base64_and_comes_back(key: bytes) -> None:
    secret = secret_text(key)

    assert secret.startswith("whsec_")
    assert base64.b64decode(secret[6:], validate=True) == key_of(secret) == key


@given(bodies())
def test_a_body_holds_identifiers_and_nothing_else(body: bytes) -> None:
    said = json.loads(body)

    assert list(said) == ["type", "timestamp", "data"]
    assert set(said["data"]) == set(IDS[Kind(said["type"])])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", said["timestamp"])


@pytest.mark.parametrize("data", [{}, {"case": "x"}, {"case": "x", "message": "y", "body": "z"}])
def test_anything_but_the_identifiers_of_its_kind_is_a_bug(data: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"message\.sent"):
        body_of(Kind.MESSAGE_SENT, datetime(2026, 11, 20, tzinfo=UTC), data)


@pytest.mark.parametrize("count", [0, 3])
def test_one_or_two_secrets_sign(count: int) -> None:
    with pytest.raises(ValueError, match="one or two"):
        headers_of([secret_text(b"k" * 24)] * count, "msg_1", SystemClock().now(), b"{}")


@pytest.mark.parametrize("size", [0, 16, 23, 65])
def test_a_secret_of_another_size_is_none(size: int) -> None:
    with pytest.raises(ValueError, match="24 to 64"):
        secret_text(b"k" * size)
