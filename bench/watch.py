"""What a process and everything it starts takes, seen from outside: processor time and memory. Linux only."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAUSE = 0.5


@dataclass
class Watch:
    """Of the tree below *root*: CPU seconds since `begin`, and the most memory at once (shared pages count once)."""

    root: int
    seconds: float = 0.0
    most_bytes: int = 0
    _before: dict[int, float] = field(default_factory=dict)
    _spent: dict[int, float] = field(default_factory=dict)
    _begun: float = 0.0

    def begin(self) -> None:
        """Count from now on."""
        self._before = {pid: _cpu(pid) for pid in _tree(self.root)}
        self._begun = time.monotonic()

    def follow(self, is_done: Callable[[], bool]) -> None:
        """Look again and again until *is_done*."""
        while not is_done():
            self._look()
            time.sleep(_PAUSE)
        self.seconds = time.monotonic() - self._begun

    @property
    def cpu(self) -> float:
        """CPU seconds, in programs and in the system."""
        return sum(last - self._before.get(pid, 0) for pid, last in self._spent.items())

    def _look(self) -> None:
        pids = _tree(self.root)
        self._spent.update({pid: cpu for pid in pids if (cpu := _cpu(pid))})
        self.most_bytes = max(self.most_bytes, sum(map(_memory, pids)))


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            found.extend(map(int, _read(children).split()))
    return found


def _cpu(pid: int) -> float:
    numbers = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, numbers[11:13])) / _TICKS if numbers else 0.0


def _memory(pid: int) -> int:
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(file: Path) -> str:
    """Empty when the process has ended meanwhile."""
    try:
        return file.read_text("ascii", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
