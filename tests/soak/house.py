"""A whole installation for fault tests: durable servers, workers and writers as real processes to be killed."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psycopg

from app.infra.db.migrate import upgrade
from app.infra.embedded.stack import EmbeddedStack
from app.infra.queue import STALLED_AFTER
from app.notifications.service.mail import LEASE
from tests.soak.nursery import Child

ROOT = Path(__file__).resolve().parents[2]
LATER = "status = 'todo' and attempts > 0 and scheduled_at > now() + interval '2 minutes'"
CONSOLE = [sys.executable, str(ROOT / "tools" / "redress.py")]


def seeded(number: int) -> random.Random:
    """Dice of a test: of the seed that `make soak` prints and its own *number*, always the same in `make test`."""
    return random.Random(f"{os.environ.get('REDRESS_TEST_SEED', '')} {number}")


@dataclass
class Part:
    """One process to be killed and started again. *lines* is what it said so far (acknowledgements).

    With a *module* it is forked from a process that has it imported, and *argv* are its words.
    """

    name: str
    argv: list[str]
    env: dict[str, str]
    log: Path
    module: str = ""
    lines: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | Child | None = None
    kills: int = 0
    starts: int = 0
    before_start: int = 0

    def start(self) -> None:
        """Start it; its standard output is read line by line by a thread."""
        self.starts += 1
        self.before_start = len(self.lines)
        self.log.touch()
        self.process = self._born()
        threading.Thread(target=self._listen, args=(self.process.stdout,), daemon=True).start()

    def _born(self) -> subprocess.Popen[str] | Child:
        argv = [*self.argv, str(self.starts)] if self.argv[-1] == "--run" else self.argv
        if self.module:
            return Child(self.module, argv, self.env, self.log)
        with self.log.open("a") as errors:
            return subprocess.Popen(
                argv, env=self.env, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
            )

    def _listen(self, said: IO[str]) -> None:
        with contextlib.suppress(ValueError), said:
            self.lines.extend(line.rstrip("\n") for line in said if line.endswith("\n"))

    @property
    def lines_since_start(self) -> int:
        """Acknowledgements of the process now running."""
        return len(self.lines) - self.before_start

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            self.kills += 1

    def stop(self) -> None:
        """An orderly end, then kill -9."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except (subprocess.TimeoutExpired, TimeoutError):
                self.process.kill()
                self.process.wait()


class House:
    """Servers, parts, and the questions asked afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stack = EmbeddedStack({"REDRESS_DATA": str(folder), "REDRESS_LOG_LEVEL": "error"})
        self.environ: dict[str, str] = {}
        self.parts: list[Part] = []

    def start(self) -> None:
        """Servers and schema."""
        self.environ = {**os.environ, **self.stack.launch(), "REDRESS_QUEUE_AGE_LIMIT": "86400"}
        upgrade(self.environ["DATABASE_OWNER_URL"])
        self.stack.ready()

    def add(self, name: str, *argv: str, module: str = "") -> Part:
        """A process of ours; see `Part`."""
        part = Part(name, list(argv), self.environ, self.folder / f"{name}.log", module)
        part.start()
        self.parts.append(part)
        return part

    def worker(self, number: int = 1) -> Part:
        """`redress worker`."""
        return self.add(f"worker{number}", "worker", module="tools.redress")

    def web(self, port: int) -> Part:
        """The web server, two processes of a few threads."""
        self.environ |= {"PORT": str(port), "REDRESS_BASE_URL": f"http://localhost:{port}"}
        argv = [
            sys.executable,
            "-m",
            "gunicorn",
            "wsgi:application",
            "--worker-class",
            "app.infra.webserver.PatientWorker",
        ]
        argv += ["--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{port}"]
        return self.add("web", *argv, "--log-level", "warning", "--no-control-socket")

    def kill_web_worker(self, web: Part, dice: random.Random) -> None:
        """kill -9 one of the web server's processes; its arbiter starts another."""
        assert web.process is not None
        children = Path(f"/proc/{web.process.pid}/task/{web.process.pid}/children")
        found = [int(word) for word in children.read_text().split()]
        if found:
            os.kill(dice.choice(found), signal.SIGKILL)
            web.kills += 1

    def writer(self, number: int, kind: str) -> Part:
        """A client that prints each acknowledged piece of work; see `tests/soak/writer.py`."""
        words = (kind, str(number), "--run")
        return self.add(f"writer{number}", *words, module="tests.soak.writer")

    def kill_at_random(self, kills: int, dice: random.Random, most: float) -> None:
        """*kills* times: wait until a random part is at work again, up to *most* seconds more, kill -9, start."""
        for number in range(1, kills + 1):
            part = dice.choice(self.parts)
            self._wait_at_work(part)
            time.sleep(dice.uniform(0.0, most))
            part.kill()
            part.start()
            if number % 100 == 0:
                print(f"\n{number} of {kills} kills", flush=True)

    def _wait_at_work(self, part: Part) -> None:
        """A writer has acknowledged something since its start; a worker shows up or something got done."""
        until = time.monotonic() + 240
        done = self._done()
        while time.monotonic() < until:
            if part.name.startswith("writer"):
                if part.lines_since_start:
                    return
            elif self._done() > done:
                return
            time.sleep(0.1)
        raise AssertionError(f"{part.name} does nothing: {part.log.read_text()[-2000:]}")

    def _done(self) -> int:
        return int(
            self.rows("select count(*) from procrastinate_jobs where status = 'succeeded'")[0][0]
        )

    def minutes_pass(self) -> None:
        """While no worker lives: all count as dead then, nobody holds a mail any more, pauses are over, and the look for
        what was left behind is due.
        """
        past = STALLED_AFTER + LEASE.total_seconds()
        self.rows(
            "update procrastinate_workers set last_heartbeat = now() - make_interval(secs => %s) returning 1", past
        )  # fmt: skip
        self.rows("update outgoing_mail set claimed_at = claimed_at - make_interval(secs => %s) returning 1", past)  # fmt: skip
        self.rows(
            "update procrastinate_jobs set scheduled_at = now() where status = 'todo' and attempts > 0 returning 1"
        )
        self.rows(
            "insert into procrastinate_jobs (queue_name, task_name, args) "
            "values ('soon', 'jobs.rescue', '{\"timestamp\": 0}') returning 1"
        )

    def revive(self, but: tuple[Part, ...] = ()) -> None:
        """Start again whatever is not running."""
        for part in [one for one in self.parts if one not in but]:
            if part.process is None or part.process.poll() is not None:
                part.start()

    def stop(self) -> None:
        """Everything."""
        for part in self.parts:
            part.stop()
        self.stack.stop(time.monotonic() + 1)

    # -- afterwards -----------------------------------------------------------------------------

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Asked as the superuser, past every wall."""
        assert self.stack.postgres is not None
        url = self.stack.postgres.urls().superuser
        with psycopg.connect(url) as connection:
            return connection.execute(statement, values).fetchall()

    def drained(self, seconds: float, but: tuple[Part, ...] = ()) -> bool:
        """Wait until no job is due, running or to be tried again; parts that die of a crash late are started, as by the
        supervisor. What has a long pause before the next attempt is started once nobody can have it any more.
        """
        if self.rows(f"select 1 from procrastinate_jobs where {LATER}"):
            time.sleep(LEASE.total_seconds())
            self.rows(
                f"update procrastinate_jobs set scheduled_at = now() where {LATER} returning 1"
            )
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            waiting = self.rows(
                "select count(*) from procrastinate_jobs where status in ('todo', 'doing') "
                "and (attempts > 0 or coalesce(scheduled_at, now()) <= now() + interval '3 minutes')"
            )
            if waiting[0][0] == 0:
                return True
            self.revive(but)
            time.sleep(1)
        print(self.rows("select status, task_name, count(*) from procrastinate_jobs group by 1, 2"))
        for part in self.parts:
            print(part.name, part.log.read_text()[-1500:])
        return False

    def console(self, *words: str) -> str:
        """A `redress` command that must succeed; its words."""
        done = subprocess.run(
            [*CONSOLE, *words],
            env=self.environ,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def assert_sound(self) -> None:
        """Invariants and history."""
        assert "invariants hold" in self.console("check", "invariants")
        assert "unbroken" in self.console("history", "verify")


@contextlib.contextmanager
def house() -> Iterator[House]:
    """A running installation in a folder of its own; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="redress-soak-"))
    folder.chmod(0o755)
    running = House(folder)
    try:
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)
