"""One POST to a host that others name, so that nobody reaches the inside through us (RELIABILITY G, egress).

The name is looked up once, every address it has must be public, and the connection goes to an address that was
checked, with the name for TLS. No redirect is followed, no proxy variable read; time and size have an end.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.infra.egress.addresses import is_public
from app.infra.egress.port import Answer, Failure, NoAnswer
from app.kernel.errors import Invalid
from app.kernel.urls import Target, web_address

Resolve = Callable[[str, int], Sequence[str]]
Connect = Callable[[str, int, float], socket.socket]


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to look up and connect, seconds for everything, bytes of an answer with its headers."""

    connect: float = 5.0
    total: float = 10.0
    answer: int = 64 * 1024


def look_up(host: str, port: int) -> Sequence[str]:
    """Every address of *host*. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def dial(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to a number; no name is looked up any more. Raises OSError."""
    return socket.create_connection((address, port), timeout=seconds)


class Egress:
    """The client. *loopback*: also http to this machine, for demo and tests; *trust*: whom TLS believes."""

    def __init__(
        self,
        *,
        resolve: Resolve = look_up,
        connect: Connect = dial,
        trust: ssl.SSLContext | None = None,
        loopback: bool = False,
        limits: Limits | None = None,
    ) -> None:
        self._resolve = resolve
        self._connect = connect
        self._trust = trust or ssl.create_default_context()
        self._loopback = loopback
        self._limits = limits or Limits()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send *body* and read the answer, whatever its status. Raises NoAnswer."""
        try:
            target = web_address(url, loopback=self._loopback)
        except Invalid:
            raise NoAnswer(Failure.UNREACHABLE) from None
        began = time.monotonic()
        end = began + self._limits.total
        raw = self._reach(target, began + self._limits.connect)
        try:
            with (
                contextlib.closing(raw),
                contextlib.closing(self._secured(raw, target, end)) as link,
            ):
                status, answer = self._exchange(
                    _Wire(link, end, self._limits.answer), target, body, headers
                )
        except ssl.SSLError:
            raise NoAnswer(Failure.TLS) from None
        except TimeoutError:
            raise NoAnswer(Failure.TOO_SLOW) from None
        except (OSError, http.client.HTTPException):
            raise NoAnswer(Failure.GARBLED) from None
        return Answer(status, answer, round((time.monotonic() - began) * 1000))

    def _reach(self, target: Target, until: float) -> socket.socket:
        """A connection to the first address that takes one, after all of them were checked."""
        try:
            addresses = _within(until, lambda: self._resolve(target.host, target.port))
            if not addresses or not all(self._is_fine(one, target) for one in addresses):
                raise NoAnswer(Failure.UNREACHABLE)
            for address in addresses:
                with contextlib.suppress(OSError):
                    return self._connect(address, target.port, _left(until))
        except (OSError, UnicodeError):
            raise NoAnswer(Failure.UNREACHABLE) from None
        raise NoAnswer(Failure.UNREACHABLE)

    def _is_fine(self, address: str, target: Target) -> bool:
        return is_public(address) if target.tls else address in ("127.0.0.1", "::1")

    def _secured(self, raw: socket.socket, target: Target, end: float) -> socket.socket:
        raw.settimeout(_left(end))
        return self._trust.wrap_socket(raw, server_hostname=target.host) if target.tls else raw

    def _exchange(
        self, wire: _Wire, target: Target, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        call = http.client.HTTPConnection(target.host, target.port)
        call.sock = wire  # a connection that has its socket looks nothing up
        own = {"Host": target.host_header, "Connection": "close", "User-Agent": "Redress"}
        call.request("POST", target.path, body, {**own, **headers})
        answer = call.getresponse()
        return answer.status, answer.read(self._limits.answer)


class _Wire:
    """A socket as the library wants one. Whoever made the connection closes it."""

    def __init__(self, link: socket.socket, end: float, most: int) -> None:
        self._link, self._end, self._most = link, end, most

    def sendall(self, data: bytes) -> None:
        """All of it before the end of time."""
        self._link.settimeout(_left(self._end))
        self._link.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        """What the library reads the answer from."""
        del mode
        return io.BufferedReader(_Incoming(self._link, self._end, self._most))

    def close(self) -> None:
        """Nothing: the library closes before it has read."""


class _Incoming(io.RawIOBase):
    """Bytes that come in, with an end of time and of their number, however slowly or fast they come."""

    def __init__(self, link: socket.socket, end: float, most: int) -> None:
        super().__init__()
        self._link, self._end, self._room = link, end, most

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Wait for bytes until the end of time. Raises NoAnswer when they are too many."""
        self._link.settimeout(_left(self._end))
        taken = self._link.recv_into(buffer)
        self._room -= taken
        if self._room < 0:
            raise NoAnswer(Failure.TOO_BIG)
        return taken


def _left(until: float) -> float:
    """Seconds until then. Raises TimeoutError when there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _within(until: float, ask: Callable[[], Sequence[str]]) -> Sequence[str]:
    """What *ask* finds, or TimeoutError: the system's look-up knows no end of its own."""
    found: list[Sequence[str]] = []
    trouble: list[Exception] = []

    def work() -> None:
        try:
            found.append(ask())
        except Exception as error:  # noqa: BLE001 - raised again in the thread that waits
            trouble.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(_left(until))
    if trouble:
        raise trouble[0]
    if not found:
        raise TimeoutError
    return found[0]
