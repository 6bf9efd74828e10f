"""Where the bench runs: a throw-away PostgreSQL with the small demo desk."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.infra.db.migrate import upgrade
from app.infra.embedded.stack import EmbeddedStack
from bench.server import cpu_of


@dataclass(frozen=True)
class Place:
    """A running installation: its folder and environment, the superuser's address, the process number of PostgreSQL."""

    folder: Path
    environ: dict[str, str]
    superuser: str
    postmaster: int

    def database_cpu(self) -> float:
        """CPU seconds of PostgreSQL's living processes up to now."""
        children = Path(f"/proc/{self.postmaster}/task/{self.postmaster}/children").read_text()
        return sum(cpu_of(int(pid)) for pid in children.split())


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
        yield Place(folder, environ, stack.postgres.urls().superuser, stack.postgres.process.pid)
    finally:
        stack.stop(time.monotonic() + 1)
        shutil.rmtree(folder, ignore_errors=True)
