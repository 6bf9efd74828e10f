"""The press: a process that has the printing libraries loaded and forks a throw-away child for each document.

Run as `python -m app.infra.render.press` by LimitedRenderer only. It reads no document itself: it passes each to a
fresh child, which walls itself in, prints, and dies. So the libraries are loaded once for many letters, and nothing
of one letter can reach another. Only modules are loaded before the fork: Pango keeps a thread, and a thread does
not survive a fork. After MOST documents the press ends and another takes its place.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import sys

from app.infra.limits import die_with_parent
from app.infra.render import child
from app.infra.render.frames import MOST, send, take


def main() -> None:
    """Documents until the other end closes, or enough were printed."""
    die_with_parent()
    jobs, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    gc.collect()
    gc.freeze()
    for _count in range(MOST):
        payload = take(jobs)
        if payload is None:
            return
        for frame in _print(payload):
            send(answers, frame)


def _print(payload: bytes) -> tuple[bytes, bytes, bytes]:
    """Exit code, bytes and words of a child of its own."""
    out_read, out_write = os.pipe()
    err_read, err_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        _become_child(payload, out_write, err_write)
    os.close(out_write)
    os.close(err_write)
    out, err = _gather(out_read, err_read)
    _pid, status = os.waitpid(pid, 0)
    return str(os.waitstatus_to_exitcode(status)).encode(), out, err


def _become_child(payload: bytes, out: int, err: int) -> None:
    """Print and leave for good: never back into the press."""
    code = 5
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.closerange(3, 256)
        code = child.print_one(payload)
    except MemoryError:
        code = 4
    finally:
        os._exit(code)


def _gather(out: int, err: int) -> tuple[bytes, bytes]:
    """Everything that the child writes on both ends, until it closes them."""
    parts: dict[int, list[bytes]] = {out: [], err: []}
    with selectors.DefaultSelector() as waiting:
        for end in parts:
            waiting.register(end, selectors.EVENT_READ)
        while waiting.get_map():
            for key, _events in waiting.select():
                piece = os.read(key.fd, 1 << 20)
                if piece:
                    parts[key.fd].append(piece)
                else:
                    waiting.unregister(key.fd)
                    os.close(key.fd)
    return b"".join(parts[out]), b"".join(parts[err])


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main()
