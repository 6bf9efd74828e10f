"""Walls that a throw-away child builds around itself before it touches anything from outside."""

from __future__ import annotations

import ctypes
import resource
import sys

FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "ftplib.",
    "urllib.",
    "smtplib.",
    "http.client",
)
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, CLONE_NEWNET = 1, 38, 0x40000000
LARGEST_FILE = 64_000_000


def _forbid(event: str, _args: object) -> None:
    """Audit hook: no sockets, no processes, whatever a library tries."""
    if event.startswith(FORBIDDEN):
        raise PermissionError(event)


def die_with_parent() -> None:
    """The kernel ends this process when whoever started it is gone."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0)


def wall_in(cpu_seconds: int, memory_bytes: int) -> None:
    """Limits of this process, its own empty network where the kernel allows, death with the parent."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.unshare(CLONE_NEWNET)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    sys.addaudithook(_forbid)
