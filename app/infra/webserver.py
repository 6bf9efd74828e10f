"""The web server's worker: a thread is spent on a request only once its head has arrived (B165).

The threaded worker of gunicorn waits inside a thread for the rest of a head, so that as many slow clients
as there are threads keep everybody else out. Here a head is looked at without taking it from the socket;
until it is complete, the connection waits beside the threads, and after ten seconds it is answered 408.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections import deque
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

HEAD_SECONDS = 10.0
HEAD_BYTES = 64 * 1024
"""A head that is longer is handed to the parser, which refuses it."""
LOOK_AGAIN_SECONDS = 0.05
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class PatientWorker(ThreadWorker):
    """Threads serve requests; nobody waits in one for a slow head."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.heads: deque[tuple[TConn, float]] = deque()

    def accept(self, listener: socket.socket) -> None:
        """Take a connection and wait for its head outside the threads."""
        if self.cfg.is_ssl:
            super().accept(listener)
            return
        try:
            line, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        conn = TConn(self.cfg, line, client, listener.getsockname())
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        self.poller.register(line, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def on_pending_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """The first bytes of a new connection."""
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        self._look(conn, time.monotonic() + HEAD_SECONDS)

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """The first bytes of the next request on a kept connection."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._look(conn, time.monotonic() + HEAD_SECONDS)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """As the worker does, looking again at heads that were not complete."""
        super().wait_for_and_dispatch_events(
            min(timeout, LOOK_AGAIN_SECONDS) if self.heads else timeout
        )
        for _ in range(len(self.heads)):
            self._look(*self.heads.popleft())

    def _look(self, conn: TConn, deadline: float) -> None:
        """Serve a complete head, wait for the rest of another, and give up on one that takes too long."""
        if self.cfg.is_ssl or _is_complete(conn.sock):
            conn.data_ready = True
            self.enqueue_req(conn)
        elif self.alive and time.monotonic() < deadline:
            self.heads.append((conn, deadline))
        else:
            with contextlib.suppress(OSError):
                conn.sock.send(TOO_SLOW)
            self.nr_conns -= 1
            conn.close()


def _is_complete(line: socket.socket) -> bool:
    """True when a thread would not wait: the whole head is there, too much of it, or the client hung up."""
    try:
        seen = line.recv(HEAD_BYTES, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return not seen or b"\r\n\r\n" in seen or len(seen) >= HEAD_BYTES
