"""Steps of set-up: run when their inputs changed, say what they do and how long it took. Standard library only."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
LOG = VENV / "setup.log"


class Trouble(Exception):
    """Set-up cannot go on; the message says what to do."""


def digest(paths: Iterable[Path], *words: str) -> str:
    """One hash over the contents of *paths* (folders whole) and *words*."""
    running = hashlib.sha256("\0".join(words).encode())
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                running.update(str(file.relative_to(ROOT)).encode() + b"\0")
                running.update(file.read_bytes())
    return running.hexdigest()


def stamped(name: str) -> str:
    """The hash with which *name* last succeeded."""
    file = STAMPS / name
    return file.read_text("utf-8") if file.exists() else ""


def stamp(name: str, value: str) -> None:
    """Remember that *name* succeeded with *value*."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(value, "utf-8")


def say(text: str) -> None:
    """One line to the person who waits."""
    print(text, flush=True)


def step(title: str, work: Callable[[], str | None]) -> None:
    """Run *work*; one line with its time. *work* may return a remark."""
    quiet = os.environ.get("CI") == "true" or not sys.stdout.isatty()
    if not quiet:
        print(f"  {title} …", end="\r", flush=True)
    begun = time.monotonic()
    remark = work()
    took = time.monotonic() - begun
    say(f"  {title:<34} {took:6.1f} s  {remark or ''}".rstrip() + ("" if quiet else " " * 10))


def run(argv: Sequence[str | Path], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a command with its words kept in the set-up log; show their end when it fails."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    words = [str(word) for word in argv]
    with LOG.open("ab") as log:
        log.write(f"\n$ {' '.join(words)}\n".encode())
        log.flush()
        start = log.tell()
        done = subprocess.run(
            words,
            cwd=cwd,
            env=os.environ | (env or {}),
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    if done.returncode != 0:
        said = LOG.read_bytes()[start:].decode(errors="replace").strip().splitlines()
        raise Trouble(f"`{' '.join(words)}` failed:\n    " + "\n    ".join(said[-15:]))
