"""Child processes that never outlive us: spawn with a death signal, stop in order, remembered free ports."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import pwd
import secrets
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Generic, TypeVar

Addresses = TypeVar("Addresses")

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_LOWEST_PORT, _HIGHEST_PORT = 15000, 32000
_SERVICE_USERS = ("postgres", "nobody")
INSIST_SECONDS = 3.0
"""What a process is given after the second signal, before it is killed."""


class EmbeddedError(RuntimeError):
    """An embedded server could not be started; the message says what to do."""


@dataclass(frozen=True, slots=True)
class RunAs:
    """The unprivileged account that a server runs under when we are root."""

    uid: int
    gid: int
    name: str


def service_user() -> RunAs | None:
    """None when we are nobody special; else the first unprivileged account of this machine."""
    if os.geteuid() != 0:
        return None
    for name in _SERVICE_USERS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return RunAs(entry.pw_uid, entry.pw_gid, name)
    raise EmbeddedError(
        "PostgreSQL refuses to run as root and this machine has neither a 'postgres' nor a 'nobody' account."
    )


def _identity(user: RunAs | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user.uid, "group": user.gid, "extra_groups": []}


def can_reach(user: RunAs | None, path: Path) -> bool:
    """True when *user* can walk to *path* and enter or run it; really tried, so access lists count too."""
    if user is None:
        return True
    tried = subprocess.run(  # noqa: S603 - our own argument list, no shell
        ["/usr/bin/test", "-x", str(path)], check=False, cwd="/", **_identity(user)
    )
    return tried.returncode == 0


def run_as(user: RunAs | None, argv: Sequence[str], env: Mapping[str, str]) -> str:
    """Run a short command to its end as *user*; its words when it fails."""
    done = subprocess.run(  # noqa: S603 - our own argument list, no shell
        list(argv),
        check=False,
        cwd="/",
        env=dict(env),
        capture_output=True,
        text=True,
        **_identity(user),
    )
    if done.returncode != 0:
        raise EmbeddedError(f"{Path(argv[0]).name} failed:\n{done.stdout}{done.stderr}".rstrip())
    return done.stdout


def dying_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """What a child does before exec, so that the kernel signals it when its parent is killed."""
    parent = os.getpid()

    def before_exec() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:
                os.kill(os.getpid(), death_signal)

    return before_exec


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    log: IO[bytes] | None = None,
    user: RunAs | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
    cwd: str = "/",
) -> subprocess.Popen[bytes]:
    """Start a long-lived child in a session of its own (a terminal's Ctrl-C reaches only the supervisor)."""
    return subprocess.Popen(  # noqa: S603 - our own argument list, no shell
        list(argv),
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT if log is not None else None,
        cwd=cwd,
        start_new_session=True,
        preexec_fn=dying_with_parent(death_signal),  # noqa: PLW1509 - one libc call, no locks taken
        **_identity(user),
    )


def stop(
    process: subprocess.Popen[bytes],
    first: signal.Signals,
    grace: float,
    last: signal.Signals = signal.SIGKILL,
) -> None:
    """Ask with *first*, wait *grace* seconds, insist with *last*, and kill what has not gone INSIST_SECONDS later."""
    for sign, patience in ((first, grace), (last, INSIST_SECONDS)):
        if process.poll() is not None:
            return
        process.send_signal(sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return
    process.kill()
    process.wait(INSIST_SECONDS)


def end_leftover(
    pid_file: Path, marker: bytes, *signs: signal.Signals, seconds: float = 10.0
) -> None:
    """A server whose launcher was killed may still run; the caller holds the lock, so end it.

    *marker* must stand in its command line, so that a reused process number is never hit.
    """
    for sign in signs:
        pid = _alive(pid_file, marker)
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)
        until = time.monotonic() + seconds
        while time.monotonic() < until and _alive(pid_file, marker) is not None:
            time.sleep(0.05)
    pid = _alive(pid_file, marker)
    if pid is not None:
        raise EmbeddedError(
            f"process {pid} of an earlier run still uses {pid_file.parent} and does not stop."
        )


def _alive(pid_file: Path, marker: bytes) -> int | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(pid_file.read_text("utf-8").splitlines()[0])
        return pid if marker in Path(f"/proc/{pid}/cmdline").read_bytes() else None
    return None


def _bind(port: int) -> socket.socket | None:
    held = socket.socket()
    held.setsockopt(
        socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
    )  # as the servers do: a crash leaves waits
    try:
        held.bind(("127.0.0.1", port))
    except OSError:
        held.close()
        return None
    return held


def _any_port(usable: Callable[[int], bool]) -> socket.socket:
    """A free port below the range that the system lends to outgoing connections, so nobody takes it meanwhile."""
    for _ in range(500):
        port = _LOWEST_PORT + secrets.randbelow(_HIGHEST_PORT - _LOWEST_PORT)
        held = _bind(port) if usable(port) else None
        if held is not None:
            return held
    raise EmbeddedError("no free loopback port was found")


def remembered_ports(
    file: Path, names: Sequence[str], usable: Callable[[int], bool] = lambda _: True
) -> dict[str, int]:
    """The ports of the last run where they are still free, new ones elsewhere; written back to *file*.

    A port that is not *usable* is passed over, though nobody listens on it.
    """
    before = {name: int(port) for name, port in read_json(file).items() if usable(int(port))}
    held: dict[str, socket.socket] = {}
    try:
        for name in names:
            held[name] = (_bind(before[name]) if name in before else None) or _any_port(usable)
        ports = {name: int(sock.getsockname()[1]) for name, sock in held.items()}
    finally:
        for sock in held.values():
            sock.close()
    write_private_json(file, ports)
    return ports


def read_json(file: Path) -> dict[str, Any]:
    """What an earlier run wrote, or nothing."""
    if not file.exists():
        return {}
    content: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return content


def write_private_json(file: Path, content: Mapping[str, Any]) -> None:
    """Written whole or not at all, readable by us only."""
    fresh = file.with_name(file.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(dict(content), out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)


def take_lock(file: Path) -> IO[str]:
    """An exclusive lock for as long as the returned file is open; says who holds it otherwise."""
    handle = file.open("a+", encoding="utf-8")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        handle.seek(0)
        holder = handle.read().strip() or "another process"
        handle.close()
        raise EmbeddedError(
            f"{file.parent} is in use by {holder}. Stop it first, or give this copy another REDRESS_DATA."
        ) from problem
    handle.seek(0)
    handle.truncate()
    handle.write(f"process {os.getpid()}")
    handle.flush()
    return handle


class Server(ABC, Generic[Addresses]):
    """A server of ours on a folder of its own, which is locked while it runs. Used by `with`, it stops at the end."""

    def __init__(self, data_dir: Path, *, durable: bool) -> None:
        self.data_dir = data_dir.absolute()
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @abstractmethod
    def start(self) -> Addresses:
        """Start, and wait until it answers."""

    @abstractmethod
    def stop(self) -> None:
        """End it in order, and give the folder back."""

    @property
    def died(self) -> bool:
        """It was started and is no longer there."""
        return self.process is not None and self.process.poll() is not None

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Addresses:
        """Start."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()
