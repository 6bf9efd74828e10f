"""The product's own web server beside the bench: how it starts, what it uses, how it answers many at once."""

from __future__ import annotations

import contextlib
import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.infra.embedded.stack import clean_environment

WORKERS, THREADS = 2, 8
PATIENCE = 60


@dataclass(frozen=True)
class Server:
    """A running web server. *cold*: seconds from its start to its first answer."""

    process: subprocess.Popen[bytes]
    port: int
    cold: float

    def cpu(self) -> float:
        """CPU seconds of all its processes up to now."""
        return sum(cpu_of(pid) for pid in self._family())

    def memory(self) -> float:
        """Megabytes, pages that are shared counted once."""
        return sum(_kilobytes(pid) for pid in self._family()) / 1024

    def _family(self) -> list[int]:
        mine = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()  # fmt: skip
        return [self.process.pid, *map(int, mine)]


PRODUCT, FLOOR = "wsgi:application", "bench.floor:create_floor()"


@contextmanager
def web(environ: Mapping[str, str], application: str = PRODUCT) -> Iterator[Server]:
    """Start as `redress up` does, with two workers; stop at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    argv = [sys.executable, "-m", "gunicorn", application, "--worker-class", "app.infra.webserver.PatientWorker",
            "--preload", "--workers", str(WORKERS), "--threads", str(THREADS), "--bind", f"127.0.0.1:{port}",
            "--log-level", "error", "--no-control-socket", "--keep-alive", "30"]  # fmt: skip
    begun = time.monotonic()
    process = subprocess.Popen(argv, env={**clean_environment(), **environ, "PORT": str(port)})  # noqa: S603 - ours
    try:
        while not _answers(port):
            if process.poll() is not None or time.monotonic() - begun > PATIENCE:
                raise RuntimeError("the web server did not start")
            time.sleep(0.02)
        yield Server(process, port, time.monotonic() - begun)
    finally:
        process.terminate()
        process.wait(20)


Ask = Callable[[http.client.HTTPConnection], None]


def asked_by(server: Server, clients: int, times: int, ask: Ask) -> list[float]:
    """Milliseconds of *times* calls by each of *clients* that keep their connection open."""

    def one(_number: int) -> list[float]:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        found = []
        for _ in range(times):
            begun = time.perf_counter()
            ask(connection)
            found.append(1000 * (time.perf_counter() - begun))
        connection.close()
        return found

    with ThreadPoolExecutor(clients) as pool:
        return sorted(taken for many in pool.map(one, range(clients)) for taken in many)


def percentile(found: list[float], share: float) -> float:
    """The value that *share* of the sorted ones do not exceed."""
    return found[min(len(found) - 1, int(share * len(found)))]


def _answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except OSError:
        return False


def cpu_of(pid: int) -> float:
    """CPU seconds of a process by the scheduler's own count, in nanoseconds; threads that ended are missing."""
    spent = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):
            spent += int(task.read_text().split()[0])
    return spent / 1e9


def _kilobytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
