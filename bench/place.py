"""Where the bench runs: a throw-away PostgreSQL with the small demo desk."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.infra.db.migrate import upgrade
from app.infra.embedded.stack import EmbeddedStack


@dataclass(frozen=True)
class Place:
    """A running installation: its environment, the superuser's address, the process number of PostgreSQL."""

    environ: dict[str, str]
    superuser: str
    postmaster: int

    def database_cpu(self) -> float:
        """CPU seconds of PostgreSQL's processes up to now."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                words = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(words[1]) == self.postmaster:
                ticks += int(words[11]) + int(words[12])
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def place() -> Iterator[Place]:
    """Start, and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="redress-bench-"))
    folder.chmod(0o755)
    stack = EmbeddedStack(
        {"REDRESS_DATA": str(folder), "REDRESS_LOG_LEVEL": "error", "REDRESS_DEMO_SMALL": "true"}
    )
    try:
        environ = stack.launch()
        upgrade(environ["DATABASE_OWNER_URL"])
        stack.ready()
        assert stack.postgres is not None
        assert stack.postgres.process is not None
        yield Place(environ, stack.postgres.urls().superuser, stack.postgres.process.pid)
    finally:
        stack.stop(time.monotonic() + 1)
        shutil.rmtree(folder, ignore_errors=True)
