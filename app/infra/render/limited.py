"""The renderer of production: one child process a letter, killed when it passes a limit.

Children are forked by a press (`press.py`) that has the libraries loaded; it gets an empty environment, and its
children are never reused, so nothing of one letter can reach another. A press that was killed with its child, or
that printed enough, is replaced by the next letter.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
import weakref
from pathlib import Path
from typing import IO

from app.infra.counters import RENDERS_FAILED
from app.infra.render.frames import LENGTH, MOST, send
from app.infra.render.port import PdfDocument, RenderFailed, RenderFault, RenderLimits

ROOT = Path(__file__).resolve().parents[3]
EXIT_FAULTS = {
    3: RenderFault.RESOURCE,
    4: RenderFault.MEMORY,
    5: RenderFault.CRASHED,
    6: RenderFault.FONTS,
}


class LimitedRenderer:
    """Prints documents in throw-away children. *limits* hold for each of them."""

    def __init__(self, limits: RenderLimits | None = None) -> None:
        self.limits = limits or RenderLimits()
        self._idle: list[_Press] = []
        weakref.finalize(self, _end_all, self._idle)

    def pdf(self, document: PdfDocument) -> bytes:
        """PDF/A-3a bytes of *document*. Raises RenderFailed; leaves no process behind."""
        try:
            return self._pdf(document)
        except RenderFailed as failed:
            RENDERS_FAILED.labels(failed.fault.value).inc()
            raise

    def _pdf(self, document: PdfDocument) -> bytes:
        payload = self._payload(document)
        if len(payload) > self.limits.input_bytes:
            raise RenderFailed(RenderFault.SIZE, "input")
        press = self._press()
        try:
            code, out, err = press.print(payload, self.limits.wall_seconds)
        except TimeoutError:
            press.end()
            raise RenderFailed(RenderFault.WALL, "wall clock") from None
        except OSError:
            press.end()
            if press.printed > 1:
                return self._pdf(
                    document
                )  # it ended while it waited, and took nothing of this letter
            raise RenderFailed(RenderFault.CRASHED, "the press is gone") from None
        self._give_back(press)
        return self._accept(code, out, err)

    def close(self) -> None:
        """End the presses that wait; the next letter starts one."""
        while self._idle:
            self._idle.pop().end()

    def _press(self) -> _Press:
        """One that waits and belongs to this process, else a new one: letters of two threads print beside each other."""
        with contextlib.suppress(IndexError):
            while True:
                press = self._idle.pop()
                if press.is_usable:
                    return press
                press.end()
        return _Press()

    def _give_back(self, press: _Press) -> None:
        if press.is_usable and press.printed < MOST:
            self._idle.append(press)
        else:
            press.end()

    def _payload(self, document: PdfDocument) -> bytes:
        return json.dumps(
            {
                "html": document.html,
                "title": document.title,
                "language": document.language,
                "author": document.author,
                "created_at": document.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "attachment": base64.b64encode(document.attachment).decode(),
                "resources": {
                    name: base64.b64encode(body).decode()
                    for name, body in sorted(document.resources.items())
                },
                "cpu_seconds": self.limits.cpu_seconds,
                "memory_bytes": self.limits.memory_bytes,
            }
        ).encode()

    def _accept(self, code: int, out: bytes, err: bytes) -> bytes:
        if code == 0 and out.startswith(b"%PDF-"):
            if len(out) > self.limits.output_bytes:
                raise RenderFailed(RenderFault.SIZE, "output")
            return out
        if -code in (signal.SIGXCPU, signal.SIGKILL):
            raise RenderFailed(RenderFault.TIME, "processor")
        detail = err.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit {code}"]
        fault = EXIT_FAULTS.get(code, RenderFault.CRASHED)
        if fault is RenderFault.CRASHED and b"MemoryError" in err:
            # A child without memory may lack what it needs to say so by its exit code.
            fault = RenderFault.MEMORY
        raise RenderFailed(fault, detail[0][:300])


def _end_all(presses: list[_Press]) -> None:
    while presses:
        presses.pop().end()


class _Press:
    """A press in a session of its own, so that the whole group can be ended."""

    def __init__(self) -> None:
        self._owner = os.getpid()
        self.printed = 0
        self._process = subprocess.Popen(
            [sys.executable, "-E", "-s", "-m", "app.infra.render.press"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={},
            start_new_session=True,
            close_fds=True,
        )

    @property
    def is_usable(self) -> bool:
        """False when it ended, or when this process is a copy of the one that started it."""
        return self._owner == os.getpid() and self._process.poll() is None

    def print(self, payload: bytes, seconds: float) -> tuple[int, bytes, bytes]:
        """Exit code, bytes and words of one document. Raises TimeoutError, OSError when the press is gone."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        ends = time.monotonic() + seconds
        self.printed += 1
        send(self._process.stdin, payload)
        code, out, err = (_take(self._process.stdout, ends) for _ in range(3))
        return int(code), out, err

    def end(self) -> None:
        """Kill what is left of the group and reap the press. Another process's press is left alone."""
        if self._owner != os.getpid():
            return
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                stream.close()  # type: ignore[union-attr]
        self._process.wait()


def _take(stream: IO[bytes], ends: float) -> bytes:
    """A frame that is there before *ends*. Raises TimeoutError, or OSError when the press is gone."""
    (size,) = LENGTH.unpack(_read(stream, LENGTH.size, ends))
    return _read(stream, size, ends)


def _read(stream: IO[bytes], size: int, ends: float) -> bytes:
    parts, wanted = [], size
    with selectors.DefaultSelector() as waiting:
        waiting.register(stream, selectors.EVENT_READ)
        while wanted:
            if not waiting.select(max(0.0, ends - time.monotonic())):
                raise TimeoutError
            piece = os.read(stream.fileno(), min(wanted, 1 << 20))
            if not piece:
                raise OSError("closed")
            parts.append(piece)
            wanted -= len(piece)
    return b"".join(parts)
