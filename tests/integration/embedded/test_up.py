"""`redress up` as people use it: starts, survives kill -9 of each part, stops within the limit, leaves nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.up import up
from app.infra.embedded.children import INSIST_SECONDS, stop
from app.infra.embedded.supervisor import STOP_WITHIN

ROOT = Path(__file__).resolve().parents[3]
PROMISED = 25.0
"""Seconds in which all is over, as `redress up --help` says; by its plan, as a busy machine keeps no time."""
MARGIN = 4.0
"""Seconds for the processes' own ends."""
PATIENCE = 300.0

pytestmark = pytest.mark.slow


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


class Running:
    """One `redress up` on a folder and a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        kept = {name: word for name, word in os.environ.items() if not name.startswith("REDRESS")}
        self.environ = kept | {"PORT": str(self.port), "REDRESS_DATA": str(folder)}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait for /readyz."""
        (self.folder / "demo.seeded").touch()  # the demo has tests of its own
        with (self.folder / "up.log").open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "tools" / "redress.py"), "up"],
                env=self.environ,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.until(self.ready, "ready")
        self.until(lambda: bool(self.pids("redress.py\0worker")), "worker")

    def until(self, question: object, what: str) -> None:
        """Wait with patience: these machines are busy."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if question():  # type: ignore[operator]
                return
            time.sleep(0.3)
        raise AssertionError(f"never {what}: {(self.folder / 'up.log').read_text()[-2000:]}")

    def ready(self) -> bool:
        """/readyz says 200."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=20) as got:
                return bool(json.load(got)["ready"])
        except (OSError, urllib.error.HTTPError, ValueError):
            return False

    def pids(self, word: str = "") -> set[int]:
        """Processes of this copy (their environment or command line names the folder)."""
        found = set()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes()
                mine = os.fsencode(self.folder) in command + (folder / "environ").read_bytes()
            except OSError:
                continue
            if mine and command and word.encode() in command:
                found.add(int(folder.name))
        return found

    def kill(self, word: str) -> set[int]:
        """kill -9 the oldest process with *word* in its command; those that were there."""
        before = self.pids(word)
        assert before, word
        os.kill(min(before), signal.SIGKILL)
        return before

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> str:
        """Wait until the last process of this copy is gone; the last line that it said."""
        assert self.process is not None
        self.process.send_signal(sign)
        self.process.wait(PATIENCE)
        self.until(lambda: not self.pids(), "without processes")
        return (self.folder / "up.log").read_text().splitlines()[-1]


@pytest.fixture
def running() -> Iterator[Running]:
    """Not started; its processes are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="redress-up-"))
    folder.chmod(0o755)
    copy = Running(folder)
    yield copy
    for pid in copy.pids():
        os.kill(pid, signal.SIGKILL)
    if copy.process is not None:
        copy.process.wait(PATIENCE)
    shutil.rmtree(folder, ignore_errors=True)


def test_every_part_may_be_killed_and_the_whole_stops_in_order(running: Running) -> None:
    running.start()
    for word in ("gunicorn", "redress.py\0worker", "weed", "bin/postgres"):
        before = running.kill(word)
        running.until(lambda w=word, b=before: bool(running.pids(w) - b), f"{word} again")
    running.until(running.ready, "ready again")

    taken = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "redress.py"), "up"],
        env=running.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert taken.returncode == 3
    assert "PORT=" in taken.stderr

    assert running.stop() == "Stopped."

    running.start()
    assert running.stop(signal.SIGINT) == "Stopped."


def test_the_plan_of_a_stop_keeps_the_promise() -> None:
    at_the_worst = STOP_WITHIN + 2 * INSIST_SECONDS  # the database, then the store

    assert at_the_worst < PROMISED - MARGIN
    assert f"{PROMISED:.0f} seconds" in (up.help or "")


def test_who_hears_no_signal_is_killed() -> None:
    deaf = "import signal, time; [signal.signal(s, signal.SIG_IGN) for s in (2, 3)]; print(1, flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"1\n"

        try:
            stop(process, signal.SIGINT, 0.2, signal.SIGQUIT)
            assert process.returncode == -signal.SIGKILL
        finally:
            process.kill()


def test_a_killed_supervisor_leaves_no_orphan_and_the_next_start_goes_on(running: Running) -> None:
    running.start()
    assert running.process is not None
    running.process.kill()
    running.process.wait()
    running.until(lambda: not running.pids(), "without orphans")

    running.start()
    running.stop()
