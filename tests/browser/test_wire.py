"""B165, B166: requests that no browser sends, on the real web server: refused, and others are served."""

from __future__ import annotations

import socket
import time
import urllib.request
from urllib.parse import urlsplit

import pytest

SLOW = 500
"""Clients that send a part of a head and no more: many times the threads of the server."""


def answer(address: str, raw: bytes) -> bytes:
    """What the server says to these bytes; empty when it only hangs up."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=10) as line:
        line.sendall(raw)
        line.settimeout(10)
        try:
            return line.recv(4096)
        except (ConnectionResetError, TimeoutError):
            return b""


def host(address: str) -> bytes:
    return urlsplit(address).netloc.encode()


@pytest.mark.parametrize(
    "head",
    [
        b"POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
        b"GET / HTTP/1.1\r\nHost: HOST\r\nX-Long: " + b"a" * 65_536 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: HOST\r\n"
        + b"".join(b"X-%d: 1\r\n" % n for n in range(1000))
        + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ],
    ids=[
        "length-and-chunked",
        "two-lengths",
        "header-of-64-kB",
        "thousand-headers",
        "foreign-host",
    ],
)
def test_b165_b166_what_no_browser_sends_is_refused(product: str, head: bytes) -> None:
    said = answer(product, head.replace(b"HOST", host(product)))

    assert said.split(b" ")[1:2] in ([b"400"], [b"431"], [b"413"], [])
    assert b"Traceback" not in said


def test_b165_slow_requests_do_not_keep_others_out(product: str) -> None:
    parts = urlsplit(product)
    lines = [
        socket.create_connection((parts.hostname or "", parts.port or 80), timeout=20)
        for _ in range(SLOW)
    ]
    for line in lines:
        line.sendall(b"GET / HTTP/1.1\r\nHost: ")

    with urllib.request.urlopen(f"{product}/livez", timeout=10) as served:
        status = served.status
    given_up = lines[0].recv(100)

    for line in lines:
        line.close()
    assert status == 200
    assert given_up.startswith(b"HTTP/1.1 408 ")


def test_b165_a_head_that_comes_in_pieces_is_served(product: str) -> None:
    parts = urlsplit(product)
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=10) as line:
        for piece in (b"GET /livez HT", b"TP/1.1\r\nHost: ", host(product), b"\r\n\r", b"\n"):
            line.sendall(piece)
            time.sleep(0.1)
        assert line.recv(100).startswith(b"HTTP/1.1 200 ")
