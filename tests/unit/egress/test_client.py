"""The egress client against a resolver and hosts that lie: where it connects, and when it stops (1.3.6, B167 to B170)."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.infra.egress import Answer, Egress, NoAnswer
from app.infra.egress.client import Limits, look_up
from app.infra.egress.port import Failure
from tests.unit.egress.outside import Outside, certificate, listening, says
from tests.unit.egress.test_addresses import INSIDE
from tests.unit.kernel.test_urls import REFUSED

PUBLIC = "93.184.216.34"
URL = "https://hooks.example/in"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"
QUICK = Limits(connect=0.6, total=1.0, answer=64 * 1024)
"""For a host that is too slow whatever the machine does."""
PATIENT = Limits(connect=30, total=30, answer=64 * 1024)
CUT_OFF = 15
"""Seconds after which nobody can still be waiting for QUICK; a host here would hang or drip for twenty and more."""


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return certificate(tmp_path_factory.mktemp("tls"), "hooks.example")


Tls = tuple[ssl.SSLContext, ssl.SSLContext]


def client(
    outside: Outside, trust: ssl.SSLContext | None = None, limits: Limits = PATIENT
) -> Egress:
    return Egress(resolve=outside.resolve, connect=outside.connect, trust=trust, limits=limits)


def ask(
    tls: Tls, talk: Callable[[socket.socket], None], url: str = URL, limits: Limits = PATIENT
) -> tuple[Outside, Answer | str]:
    outside = Outside([[PUBLIC]])
    with listening(talk, outside, tls[0]):
        try:
            egress = client(outside, tls[1], limits)
            return outside, egress.post(url, b'{"a":1}', {"webhook-id": "msg_1"})
        except NoAnswer as no:
            return outside, no.failure.value


def test_a_public_host_is_called_by_its_number_and_told_its_name(tls: Tls) -> None:
    outside, answer = ask(tls, says(OK), URL + "?to=us")

    assert isinstance(answer, Answer)
    assert (answer.status, answer.body) == (200, b"done")
    assert outside.dialled == [f"{PUBLIC}:443"]
    assert outside.asked == ["hooks.example"]
    head, _, body = outside.heard[0].partition(b"\r\n\r\n")
    assert body == b'{"a":1}'
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /in?to=us HTTP/1.1"
    assert {b"Host: hooks.example", b"webhook-id: msg_1"} <= set(lines)


@pytest.mark.parametrize("address", INSIDE)
def test_b167_a_name_of_an_inner_address_is_never_connected_to(address: str) -> None:
    outside = Outside([[address]])

    with pytest.raises(NoAnswer) as no:
        client(outside).post(URL, b"", {})

    assert no.value.failure is Failure.UNREACHABLE
    assert outside.dialled == []


@pytest.mark.parametrize("url", [value for value, _code in REFUSED])
def test_b167_what_is_refused_at_save_is_refused_at_send_before_any_look_up(url: str) -> None:
    outside = Outside([[PUBLIC]])

    with pytest.raises(NoAnswer):
        client(outside).post(url, b"", {})

    assert (outside.asked, outside.dialled) == ([], [])


def test_one_inner_address_among_public_ones_spoils_all_of_them() -> None:
    outside = Outside([[PUBLIC, "10.0.0.5"]])

    with pytest.raises(NoAnswer):
        client(outside).post(URL, b"", {})

    assert outside.dialled == []


def test_b168_a_name_that_moves_inside_after_its_first_look_up_is_not_connected_to(
    tls: Tls,
) -> None:
    outside = Outside([[PUBLIC], ["127.0.0.1"]])
    with listening(says(OK), outside, tls[0]):
        egress = client(outside, tls[1])

        first = egress.post(URL, b"", {})
        with pytest.raises(NoAnswer):
            egress.post(URL, b"", {})

    assert first.status == 200
    assert len(outside.asked) == 2, "one look-up a call: what was checked is what is connected to"
    assert outside.dialled == [f"{PUBLIC}:443"]


@pytest.mark.parametrize("where", ["http://127.0.0.1:80/", "http://hooks.example/", URL])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_b169_a_redirect_is_an_answer_and_is_not_followed(
    tls: Tls, status: int, where: str
) -> None:
    moved = f"HTTP/1.1 {status} Moved\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n"

    outside, answer = ask(tls, says(moved.encode()))

    assert isinstance(answer, Answer)
    assert answer.status == status
    assert (len(outside.heard), len(outside.dialled)) == (1, 1)


def drip(link: socket.socket) -> None:
    link.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        link.sendall(b"X-More: 1\r\n")
        time.sleep(0.05)


def drip_body(link: socket.socket) -> None:
    link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    while True:
        link.sendall(b"x")
        time.sleep(0.05)


def flood(link: socket.socket) -> None:
    link.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        link.sendall(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")


def gigabyte(link: socket.socket) -> None:
    link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
    while True:
        link.sendall(b"x" * 65536)


def long_head(link: socket.socket) -> None:
    link.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        link.sendall(b"X-" + b"y" * 4000 + b": z\r\n")


def hang(link: socket.socket) -> None:
    link.recv(1)


@pytest.mark.parametrize("talk", [hang, drip_body])
def test_b170_a_host_that_hangs_or_drips_is_cut_off(
    tls: Tls, talk: Callable[[socket.socket], None]
) -> None:
    began = time.monotonic()

    _outside, said = ask(tls, talk, limits=QUICK)

    assert said == "too_slow"
    assert time.monotonic() - began < CUT_OFF


@pytest.mark.parametrize(
    ("talk", "failure"),
    [
        (flood, "too_big"),
        (gigabyte, "too_big"),
        (long_head, "too_big"),
        (says(b"\x00\xff nonsense\r\n\r\n"), "garbled"),
        (says(b""), "garbled"),
        (says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "garbled"),
    ],
)
def test_b170_a_host_that_floods_or_babbles_is_cut_off(
    tls: Tls, talk: Callable[[socket.socket], None], failure: str
) -> None:
    _outside, said = ask(tls, talk)

    assert said == failure


def test_a_host_that_said_yes_and_was_cut_off_has_said_yes(tls: Tls) -> None:
    _outside, answer = ask(tls, says(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"))

    assert isinstance(answer, Answer)
    assert (answer.status, answer.body) == (200, b"abc")


def test_b170_a_head_that_never_ends_is_cut_off(tls: Tls) -> None:
    began = time.monotonic()

    _outside, said = ask(tls, drip, limits=QUICK)

    assert said in {"too_slow", "garbled"}, "the library allows a hundred lines of head"
    assert time.monotonic() - began < CUT_OFF


def test_b170_a_certificate_for_another_host_is_no_answer(tls: Tls, tmp_path: Path) -> None:
    other, trusted = certificate(tmp_path, "evil.example")
    for trust in (tls[1], trusted):  # a stranger's, and a good one of the wrong host
        outside = Outside([[PUBLIC]])
        with listening(says(OK), outside, other), pytest.raises(NoAnswer) as no:
            client(outside, trust).post(URL, b"secret", {})

        assert no.value.failure is Failure.TLS
        assert outside.heard == []


def test_b170_a_host_without_tls_is_no_answer(tls: Tls) -> None:
    outside = Outside([[PUBLIC]])

    def plain(link: socket.socket) -> None:
        link.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with listening(plain, outside), pytest.raises(NoAnswer) as no:
        client(outside, tls[1], QUICK).post(URL, b"secret", {})

    assert no.value.failure in {Failure.TLS, Failure.TOO_SLOW}
    assert not any(b"secret" in heard for heard in outside.heard)


def test_b153_unknown_inner_and_closed_hosts_are_one_failure() -> None:
    def refuses(address: str, port: int, seconds: float) -> socket.socket:
        raise ConnectionRefusedError

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror

    said = set()
    for egress in (
        Egress(resolve=unknown, limits=QUICK),
        Egress(resolve=lambda host, port: ["10.0.0.1"], limits=QUICK),
        Egress(resolve=lambda host, port: [], limits=QUICK),
        Egress(resolve=lambda host, port: [PUBLIC], connect=refuses, limits=QUICK),
        Egress(resolve=lambda host, port: time.sleep(5) or [], limits=QUICK),
    ):
        with pytest.raises(NoAnswer) as no:
            egress.post(URL, b"", {})
        said.add((no.value.failure, no.value.message, no.value.code))

    assert said == {(Failure.UNREACHABLE, "unreachable", "unreachable")}


def test_a_second_address_is_tried_when_the_first_is_closed(tls: Tls) -> None:
    outside = Outside([["8.8.8.8", PUBLIC]])

    def connect(address: str, port: int, seconds: float) -> socket.socket:
        if address == "8.8.8.8":
            outside.dialled.append("closed")
            raise ConnectionRefusedError
        return outside.connect(address, port, seconds)

    with listening(says(OK), outside, tls[0]):
        egress = Egress(resolve=outside.resolve, connect=connect, trust=tls[1], limits=PATIENT)
        answer = egress.post(URL, b"", {})

    assert (answer.status, outside.dialled) == (200, ["closed", f"{PUBLIC}:443"])


def test_proxy_variables_mean_nothing(tls: Tls, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    outside, answer = ask(tls, says(OK))

    assert isinstance(answer, Answer)
    assert outside.dialled == [f"{PUBLIC}:443"]


def test_loopback_without_tls_needs_the_setting() -> None:
    outside = Outside()
    with listening(says(OK), outside):
        url = f"http://127.0.0.1:{outside.port}/hook"
        answer = Egress(loopback=True, limits=PATIENT).post(url, b"x", {})
        with pytest.raises(NoAnswer):
            Egress(limits=QUICK).post(url, b"x", {})

    assert answer.status == 200
    assert len(outside.heard) == 1
    assert f"Host: 127.0.0.1:{outside.port}".encode() in outside.heard[0]


def test_the_real_look_up_gives_numbers() -> None:
    assert set(look_up("localhost", 443)) <= {"127.0.0.1", "::1"}


def test_the_limits_are_those_of_the_rules() -> None:
    limits = Limits()

    assert (limits.connect, limits.total, limits.answer) == (5.0, 10.0, 65536)
