"""Processes that begin as a fork of one that has everything imported: killed a thousand times, they start in no time."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

LOADED = [
    "app.cli.main", "app.cli.worker", "app.demo.desk", "app.factory", "app.infra.storage.s3", "app.worker.queue", "app.workflows.reactions",
    "tests.factories.accounts", "tests.soak.nursery", "tests.soak.writer", "tools.redress",
]  # fmt: skip
_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload(LOADED)


class Child:
    """A forked process with what `Part` asks of one of `subprocess`."""

    def __init__(self, module: str, words: list[str], env: dict[str, str], log: Path) -> None:
        self.stdout, inside = _pipe()
        told = (module, words, env, inside, str(log))
        self._process = _nursery.Process(target=_live, args=told, daemon=True)
        self._process.start()
        inside.close()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """How it ended, or None while it lives."""
        return self._process.exitcode

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def wait(self, timeout: float | None = None) -> int | None:
        """How it ended. Raises TimeoutError."""
        self._process.join(timeout)
        if self._process.is_alive():
            raise TimeoutError
        return self._process.exitcode


def _pipe() -> tuple[IO[str], Connection]:
    reader, writer = _nursery.Pipe(duplex=False)
    with reader:
        return os.fdopen(os.dup(reader.fileno()), "r"), writer


def _live(module: str, words: list[str], env: dict[str, str], out: Connection, log: str) -> None:
    """Be `python -m module words`: its streams, its environment, its words, then its `main`."""
    errors = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(out.fileno(), 1)
    os.dup2(errors, 2)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = [module, *words]
    importlib.import_module(module).main()
