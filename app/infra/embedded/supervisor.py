"""Keeps child processes running: restarts what dies with growing pauses, stops all within a limit."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from app.infra.embedded.children import EmbeddedError, spawn
from app.infra.embedded.stack import EmbeddedStack

STOP_WITHIN = 14.0
"""Seconds from the signal until servers that still run are stopped the hard way; the promise to people is 25."""
_CHILDREN_WITHIN = 8.0
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_HEALTHY_AFTER = 60.0
_TICK = 0.2

Say = Callable[[str], None]


@dataclass
class Child:
    """A command to keep running, and how it has been doing."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    cwd: str
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    next_try: float = field(default=0.0)

    def start(self) -> None:
        """Start it, appending its words to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self.process = spawn(self.argv, env=self.env, log=out, cwd=self.cwd)
        self.started = time.monotonic()

    def note_death(self, now: float) -> float:
        """It died: when to try again, in seconds from now."""
        self.failures = 0 if now - self.started > _HEALTHY_AFTER else self.failures
        pause = _PAUSES[min(self.failures, len(_PAUSES) - 1)]
        self.failures += 1
        self.process = None
        self.next_try = now + pause
        return pause


class Stopping(BaseException):
    """A signal came while we were starting something, which is not waited for."""


class Supervisor:
    """Owns the embedded servers and the children; use from the main thread only."""

    def __init__(self, stack: EmbeddedStack, say: Say) -> None:
        self.stack = stack
        self.say = say
        self.children: list[Child] = []
        self._stopping = False
        self._interruptible = True
        self._server_failures = 0
        self._server_next_try = 0.0

    def catch_signals(self) -> None:
        """From now on SIGINT and SIGTERM mean an orderly stop."""
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        again, self._stopping = self._stopping, True
        if self._interruptible and not again:
            raise Stopping

    def add(self, child: Child) -> None:
        """Start *child* and keep it running."""
        child.start()
        self.children.append(child)

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Tend everything until *ready* says so, or the time is over."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if ready():
                return True
            self.tend()
            time.sleep(_TICK)
        return False

    def run(self) -> None:
        """Tend until told to stop."""
        self._interruptible = False
        while not self._stopping:
            self.tend()
            time.sleep(_TICK)

    def tend(self) -> None:
        """One look at everything: restart what died and whose pause is over."""
        self._tend_servers()
        for child in self.children:
            self._tend_child(child)

    def _tend_child(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.next_try:
                child.start()
                self.say(f"{child.name}: started again")
        elif child.process.poll() is not None:
            code = child.process.returncode
            pause = child.note_death(now)
            self.say(
                f"{child.name}: ended with {_ending(code)}; again in {pause:g} s (see {child.log})"
            )

    def _tend_servers(self) -> None:
        now = time.monotonic()
        if now < self._server_next_try:
            return
        before, self._interruptible = self._interruptible, True
        try:
            for name in self.stack.revive():
                self.say(f"{name}: was gone, started again")
                self._server_failures = 0
        except EmbeddedError as problem:
            pause = _PAUSES[min(self._server_failures, len(_PAUSES) - 1)]
            self._server_failures += 1
            self._server_next_try = now + pause
            self.say(f"{problem}; again in {pause:g} s")
        finally:
            self._interruptible = before

    def stop(self) -> None:
        """Web and worker first, then the servers; nobody survives the limit."""
        self._interruptible = False
        self._stopping = True
        begun = time.monotonic()
        running = [
            child.process
            for child in self.children
            if child.process and child.process.poll() is None
        ]
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            try:
                process.wait(max(0.1, begun + _CHILDREN_WITHIN - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
        self.stack.stop(begun + STOP_WITHIN)


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"
