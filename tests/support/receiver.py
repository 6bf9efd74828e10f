"""A program of others that takes webhooks on loopback: real sockets, answers as a test wants them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Heard:
    """One call."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """*statuses*: the answers in turn, the last one again and again. *words*: nine bytes of body. *heard*: what came."""

    statuses: list[int] = field(default_factory=lambda: [204])
    words: bytes = b"thank you"
    port: int = 0
    heard: list[Heard] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hooks"

    def ids(self) -> list[str]:
        """The `webhook-id` of each call."""
        return [one.headers["webhook-id"] for one in self.heard]

    def next_status(self) -> int:
        """What is answered now."""
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen until the block ends."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.heard.append(Heard(self.path, headers, body))
            status = receiver.next_status()
            self.send_response(status)
            if status in {301, 302, 307}:
                self.send_header("Location", receiver.url)
            if status != 204:
                self.send_header("Content-Length", "9")
            self.end_headers()
            if status != 204:
                self.wfile.write(receiver.words)

        def log_message(self, *_args: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield receiver
        server.shutdown()
