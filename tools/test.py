"""`make test` and its smaller sisters. Standard library only; the checks run in the environment it sets up.

python3 tools/test.py all|check|unit|soak|bench|spark|fmt
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

import setup
from steps import PYTHON, ROOT, VENV, say

BIN = VENV / "bin"
CODE = ["app", "bench", "migrations", "tests", "tools", "config.py", "wsgi.py"]
UNIT = ["tests/unit", "tests/architecture"]
SELECT = {"all": "not soak", "check": "not soak and not slow and not browser", "unit": "not slow"}
EQUALITY = ["-m", "bench.audit", "--lines", "100000", "--engine", "duckdb", "--engine", "spark"]
IMPORTS = ["-m", "bench.imports", "--lines", "5000"]
WORKERS = os.environ.get("REDRESS_TEST_WORKERS", "3")
"""One more than two cores: who drives a browser or starts servers waits half of the time."""
SEED = "REDRESS_TEST_SEED"
"""The order of tests and the examples of the laws. The same for everybody unless told, so that what was green here is
green there; `make soak` takes a new one each time, and a number that is set here repeats it."""
USUAL_SEED = "20261120"


def _static() -> list[str]:
    """Lint, format and types at once; each one's words only when it fails. Names of what failed."""
    parts = {
        "lint": [BIN / "ruff", "check", "--quiet", *CODE],
        "format": [BIN / "ruff", "format", "--check", "--quiet", *CODE],
        "types": [BIN / "mypy"],
        "floors": [BIN / "lint-imports", "--no-cache"],
    }
    begun = time.monotonic()
    running = {
        name: subprocess.Popen(
            [str(word) for word in argv],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name, argv in parts.items()
    }
    failed = []
    for name, process in running.items():
        said, _ = process.communicate()
        well = process.returncode == 0
        say(f"  {name:<34} {time.monotonic() - begun:6.1f} s  {'well' if well else 'FAILED'}")
        if not well:
            failed.append(name)
            say(said.rstrip())
    return failed


def _pytest(profile: str, failed: list[str]) -> int:
    """All trees, shared out to WORKERS; the table of times comes before pytest's own closing line."""
    argv = [PYTHON, "-m", "pytest", "-p", "tools.times", "-q", "--durations=10"]
    argv += ["-m", SELECT[profile], "-n", WORKERS]
    argv += [f"--randomly-seed={os.environ.get(SEED, USUAL_SEED)}"]
    argv += UNIT if profile == "unit" else ["tests"]
    env = os.environ | {"REDRESS_FAILED_PARTS": " ".join(failed)}
    return subprocess.run([str(word) for word in argv], cwd=ROOT, env=env, check=False).returncode


def _plain(*argv: str) -> int:
    return subprocess.run([str(PYTHON), *argv], cwd=ROOT, check=False).returncode


def _spark() -> int:
    """The payout audit on Spark: its tests, then the same bytes as DuckDB's on a hundred thousand lines."""
    there = (
        "from app.recompute.adapters.spark_session import lacking; raise SystemExit(lacking() or 0)"
    )
    tests = ["tests/unit/recompute/test_engines.py", "tests/unit/recompute/test_shards.py", "-q"]
    return _plain("-c", there) or _plain("-m", "pytest", *tests) or _plain(*EQUALITY)


def _format() -> int:
    fixed = subprocess.run([str(BIN / "ruff"), "check", "--fix", *CODE], cwd=ROOT, check=False)
    subprocess.run([str(BIN / "ruff"), "format", *CODE], cwd=ROOT, check=False)
    return fixed.returncode


def main(profile: str) -> int:
    """Set up, then what was asked for; the exit code says whether all of it was well."""
    setup.guarded("test")
    if profile == "fmt":
        return _format()
    if profile == "soak":
        os.environ.setdefault(SEED, str(time.time_ns() % 2**32))
        say(f"  {SEED}={os.environ[SEED]}")
        return _plain("-m", "pytest", "tests", "-m", "soak", "-p", "no:randomly", "-s", "-x")
    if profile == "bench":
        run = _plain("-m", "bench.run", *sys.argv[2:])
        return run or _plain(*IMPORTS) or _plain(*EQUALITY)
    if profile == "spark":
        setup.guarded("distributed")
        return _spark()
    failed = _static()
    tests = _pytest(profile, failed)
    return tests or (1 if failed else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
