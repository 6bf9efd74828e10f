"""A pytest plugin: seconds per tree of tests, and what failed before the tests began."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line per tree, then lint and types when they failed."""
    seconds: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "duration") and hasattr(report, "nodeid"):
                tree = "/".join(report.nodeid.split("::")[0].split("/")[:2])
                seconds[tree] += report.duration
                count[tree] += report.when == "call"
    terminalreporter.section("time per part (summed over workers)")
    for tree, total in sorted(seconds.items()):
        terminalreporter.write_line(f"{tree:<24} {total:7.1f} s  {count[tree]:5d} tests")
    if failed := os.environ.get("REDRESS_FAILED_PARTS"):
        terminalreporter.write_line(f"FAILED before the tests: {failed}")
