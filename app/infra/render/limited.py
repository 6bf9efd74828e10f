"""The renderer of production: one child process a letter, killed when it passes a limit.

The child gets an empty environment, its input on stdin and gives PDF bytes on stdout. It is never
reused, so nothing of one letter can reach another.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

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

    def pdf(self, document: PdfDocument) -> bytes:
        """PDF/A-3a bytes of *document*. Raises RenderFailed; leaves no process behind."""
        payload = self._payload(document)
        if len(payload) > self.limits.input_bytes:
            raise RenderFailed(RenderFault.SIZE, "input")
        child = _start()
        try:
            out, err = child.communicate(payload, timeout=self.limits.wall_seconds)
        except subprocess.TimeoutExpired:
            raise RenderFailed(RenderFault.WALL, "wall clock") from None
        finally:
            _end(child)
        return self._accept(child.returncode, out, err)

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


def _start() -> subprocess.Popen[bytes]:
    """The child in a session of its own, so that the whole group can be ended."""
    return subprocess.Popen(
        [sys.executable, "-E", "-s", "-m", "app.infra.render.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={},
        start_new_session=True,
        close_fds=True,
    )


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the group and reap the child."""
    if child.poll() is None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            child.kill()
        child.communicate()
