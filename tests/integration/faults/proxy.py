"""A small HTTP proxy before the object store that misbehaves at one chosen request."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.infra.embedded.children import EmbeddedError


class Fault(StrEnum):
    """What happens to the chosen request."""

    PASS = "pass"
    SLOW = "slow"
    REFUSE = "refuse"
    RESET_AFTER_HEADERS = "reset after headers"
    RESET_IN_BODY = "reset in body"
    HANG_BEFORE_BODY = "hang before body"
    HANG_AFTER_BODY = "hang after body"
    ERROR_500 = "500"
    ERROR_503 = "503"
    STORED_THEN_CUT = "stored, answer lost"
    STORED_THEN_503 = "stored, then 503"
    HALF_ANSWER = "stored, half an answer"
    GARBAGE = "garbage"


HARMLESS = frozenset({Fault.PASS, Fault.SLOW})
_STORED = frozenset({Fault.STORED_THEN_CUT, Fault.STORED_THEN_503, Fault.HALF_ANSWER})
_SAID = {
    Fault.ERROR_500: b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    Fault.ERROR_503: b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n",
    Fault.STORED_THEN_503: b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n",
    Fault.GARBAGE: b"\x00\xff garbage \r\n\r\n" * 4,
}


class _Reset(Exception):
    """Cut the client off with a RST."""


@dataclass
class Plan:
    """*fault* strikes request number *at* (from 1), once. *seen*: requests so far."""

    fault: Fault = Fault.PASS
    at: int = 0
    seen: int = 0

    def strike(self) -> Fault:
        """The fault of the request that arrives now."""
        self.seen += 1
        return self.fault if self.seen == self.at else Fault.PASS


class Proxy:
    """Listens on loopback, forwards to *target*; `plan` may be replaced between uploads."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self.plan = Plan()
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        if not self._ready.wait(10):
            raise EmbeddedError("the proxy did not start")

    def stop(self) -> None:
        """Stop listening; open connections end with it."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            while head := await _head(reader):
                up = up or await asyncio.open_connection(*self._target)
                await self._exchange(head, reader, writer, up)
        except _Reset:
            _cut(writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            for one in (writer, up[1] if up else writer):
                with contextlib.suppress(Exception):
                    one.close()

    async def _exchange(
        self,
        head: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        up: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        fault = self.plan.strike()
        body = await _body(fault, head, reader, writer)
        if fault in _SAID and fault not in _STORED:
            await _answer(writer, _SAID[fault])
            raise _Reset
        up[1].write(_without_expect(head) + body)
        await up[1].drain()
        answer = await _whole_answer(head, up[0])
        if fault is Fault.STORED_THEN_503:
            answer = _SAID[fault]
        if fault is Fault.HALF_ANSWER:
            await _answer(writer, answer[: len(answer) // 2])
            raise _Reset
        if fault is Fault.STORED_THEN_CUT:
            raise _Reset
        await _answer(writer, answer)


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


async def _body(
    fault: Fault, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bytes:
    """The request's body, or a fault on the way. The 100 is ours, so that a later cut comes after the body."""
    if fault in {Fault.REFUSE, Fault.RESET_AFTER_HEADERS}:
        raise _Reset
    if fault is Fault.HANG_BEFORE_BODY:
        await asyncio.sleep(3600)
    if b"\r\nexpect: 100-continue" in head.lower():
        await _answer(writer, b"HTTP/1.1 100 Continue\r\n\r\n")
    size = _length(head)
    if fault is Fault.RESET_IN_BODY:
        await reader.readexactly(size // 2)
        raise _Reset
    parts = []
    while size:
        piece = await reader.readexactly(min(size, 65536))
        parts.append(piece)
        size -= len(piece)
        if fault is Fault.SLOW:
            await asyncio.sleep(0.002)
    if fault is Fault.HANG_AFTER_BODY:
        await asyncio.sleep(3600)
    return b"".join(parts)


async def _whole_answer(request: bytes, up: asyncio.StreamReader) -> bytes:
    head = await up.readuntil(b"\r\n\r\n")
    if request.startswith(b"HEAD ") or b" 204 " in head.split(b"\r\n")[0]:
        return head
    if b"transfer-encoding: chunked" in head.lower():
        parts = [head]
        while True:
            line = await up.readuntil(b"\r\n")
            parts += [line, await up.readexactly(int(line, 16) + 2)]
            if int(line, 16) == 0:
                return b"".join(parts)
    return head + await up.readexactly(_length(head))


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def _without_expect(head: bytes) -> bytes:
    lines = head.split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.lower().startswith(b"expect:"))


async def _answer(writer: asyncio.StreamWriter, said: bytes) -> None:
    writer.write(said)
    await writer.drain()


def _cut(writer: asyncio.StreamWriter) -> None:
    """RST instead of FIN."""
    held = writer.get_extra_info("socket")
    with contextlib.suppress(OSError, AttributeError):
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextlib.contextmanager
def proxy(host: str, port: int) -> Iterator[Proxy]:
    """A running proxy."""
    running = Proxy(host, port)
    running.start()
    try:
        yield running
    finally:
        running.stop()
