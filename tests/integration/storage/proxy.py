"""A small TCP proxy that misbehaves on purpose, between the product and the store."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

Pump = Callable[[socket.socket, socket.socket], None]
ERROR = (
    b"HTTP/1.1 %d Slow Down\r\nContent-Type: application/xml\r\nContent-Length: 57\r\n"
    b"Connection: close\r\n\r\n<Error><Code>SlowDown</Code><Message>no</Message></Error>"
)


def _copy(
    source: socket.socket, target: socket.socket, limit: int | None = None, pause: float = 0
) -> int:
    """Forward until the end, or until *limit* bytes went; *pause* seconds between pieces."""
    sent = 0
    while limit is None or sent < limit:
        piece = source.recv(65536 if limit is None else min(65536, limit - sent))
        if not piece:
            break
        time.sleep(pause)
        target.sendall(piece)
        sent += len(piece)
    return sent


def _reset(link: socket.socket) -> None:
    """Close with RST instead of FIN."""
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    link.close()


def _both_ways(client: socket.socket, store: socket.socket, pause: float = 0) -> None:
    back = threading.Thread(target=_quietly, args=(_copy, store, client, None, pause), daemon=True)
    back.start()
    _copy(client, store, None, pause)
    store.shutdown(socket.SHUT_WR)
    back.join(10)


def _quietly(work: Callable[..., object], *args: object) -> None:
    with contextlib.suppress(OSError):
        work(*args)


def passes(client: socket.socket, store: socket.socket) -> None:
    """Nothing wrong."""
    _both_ways(client, store)


def slow(client: socket.socket, store: socket.socket) -> None:
    """Late, but whole."""
    _both_ways(client, store, 0.002)


def resets_at_once(client: socket.socket, store: socket.socket) -> None:
    """The connection is torn as soon as it stands."""
    del store
    _reset(client)


def resets_midway(client: socket.socket, store: socket.socket) -> None:
    """Torn after a part of what was sent."""
    _copy(client, store, 400)
    _reset(client)


def loses_the_answer(client: socket.socket, store: socket.socket) -> None:
    """The store does what was asked; its answer never arrives. Interim answers (100) do."""

    def back() -> None:
        while piece := store.recv(65536):
            if piece.startswith(b"HTTP/1.1 100"):
                interim, end, piece = piece.partition(b"\r\n\r\n")
                client.sendall(interim + end)
            if not piece:
                continue
            time.sleep(0.05)
            _reset(client)
            return

    thread = threading.Thread(target=_quietly, args=(back,), daemon=True)
    thread.start()
    _copy(client, store)
    thread.join(5)


def half_an_answer(client: socket.socket, store: socket.socket) -> None:
    """The answer stops after a few bytes."""
    thread = threading.Thread(target=_quietly, args=(_half, store, client), daemon=True)
    thread.start()
    _copy(client, store)
    thread.join(5)


def _half(store: socket.socket, client: socket.socket) -> None:
    while piece := store.recv(65536):
        if piece.startswith(b"HTTP/1.1 100"):
            interim, end, piece = piece.partition(b"\r\n\r\n")
            client.sendall(interim + end)
        if not piece:
            continue
        head, _end, body = piece.partition(b"\r\n\r\n")
        # Without a body the cut falls into the first line: half a head may hold all that a client wants.
        client.sendall(piece[: len(head) + 4 + len(body) // 2] if body else piece[:10])
        client.close()
        return


def hangs(client: socket.socket, store: socket.socket) -> None:
    """Takes everything, says nothing."""
    del store
    client.settimeout(6)
    while client.recv(65536):
        pass


def _says(status: int) -> Pump:
    def answer(client: socket.socket, store: socket.socket) -> None:
        del store
        client.recv(65536)
        client.sendall(ERROR % status)
        client.close()

    return answer


def speaks_nonsense(client: socket.socket, store: socket.socket) -> None:
    """Not HTTP at all."""
    del store
    client.recv(65536)
    client.sendall(b"\x00\xff\x13 nonsense\r\n\r\n")
    client.close()


MODES: dict[str, Pump] = {
    "passes": passes, "slow": slow, "resets_at_once": resets_at_once, "resets_midway": resets_midway,
    "loses_the_answer": loses_the_answer, "half_an_answer": half_an_answer, "hangs": hangs,
    "says_503": _says(503), "says_500": _says(500), "speaks_nonsense": speaks_nonsense,
}  # fmt: skip
HONEST = ("passes", "slow")
HASTY = 1


def patience(mode: str) -> int:
    """Seconds a read may take: long where the store answers truly and only the machine is busy."""
    return 20 if mode in HONEST else HASTY


@contextlib.contextmanager
def between(store_url: str, mode: str) -> Iterator[str]:
    """The address of a proxy to *store_url* that behaves as *mode*."""
    parts = urlsplit(store_url)
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(0.1)

        def serve(client: socket.socket) -> None:
            with client, socket.create_connection((parts.hostname, parts.port or 80), 5) as store:
                _quietly(MODES[mode], client, store)

        def accept() -> None:
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    client, _peer = door.accept()
                    threading.Thread(target=_quietly, args=(serve, client), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            stop.set()
            thread.join(2)
