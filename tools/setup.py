"""`make setup`: everything a fresh clone needs, each step skipped when nothing changed. Standard library only.

python3 tools/setup.py [run|test|distributed]
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time

import system
from steps import LOG, PYTHON, ROOT, VENV, Trouble, digest, run, say, stamp, stamped, step

import frontend

OLDEST = (3, 11)
REQUIREMENTS = ROOT / "requirements"
CONSOLE = f"""#!/bin/sh
exec {shlex.quote(str(PYTHON))} {shlex.quote(str(ROOT / "tools" / "redress.py"))} "$@"
"""


def environment() -> None:
    """The virtual environment and the installer, hash-locked; made anew when the clone moved."""
    version = ".".join(map(str, sys.version_info[:2]))
    key = digest([REQUIREMENTS / "uv.txt"], version, str(VENV))
    if PYTHON.exists() and stamped("venv") == key:
        return
    if sys.version_info < OLDEST:
        raise Trouble(
            f"Python {version} is too old; Redress needs {OLDEST[0]}.{OLDEST[1]} or newer."
        )

    def work() -> None:
        if stamped("venv") or not PYTHON.exists():
            shutil.rmtree(VENV, ignore_errors=True)
        if not PYTHON.exists():
            _make_venv(version)
        run(
            [
                PYTHON,
                "-m",
                "pip",
                "install",
                "-q",
                "--require-hashes",
                "-r",
                REQUIREMENTS / "uv.txt",
            ]
        )
        stamp("venv", key)

    step("Python environment", work)


def _make_venv(version: str) -> None:
    python = os.path.realpath(sys.executable) if sys.prefix != sys.base_prefix else sys.executable
    made = subprocess.run(
        [python, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        said = system.install_now([f"python{version}-venv"])
        if (
            subprocess.run(
                [python, "-m", "venv", str(VENV)], capture_output=True, check=False
            ).returncode
            != 0
        ):
            shutil.rmtree(VENV, ignore_errors=True)
            raise Trouble(
                f"Python cannot make virtual environments here ({said}).\n    {made.stdout}{made.stderr}"
            )


def packages(profile: str) -> None:
    """Exactly the locked packages. A test environment is never taken down to the smaller one."""
    name = "test" if profile == "test" or stamped("packages-test") else "base"
    lock = REQUIREMENTS / f"{name}.txt"
    key = digest([lock], "compiled")
    if stamped(f"packages-{name}") == key:
        return

    def work() -> str:
        run(
            [
                VENV / "bin" / "uv",
                "pip",
                "sync",
                "--quiet",
                "--require-hashes",
                "--compile-bytecode",
                "--python",
                PYTHON,
                lock,
            ]
        )
        stamp(f"packages-{name}", key)
        return name

    step("Python packages", work)


def distributed() -> None:
    """The extra for the payout audit on Spark, on top of whatever is there: 430 MB that nobody else needs."""
    lock = REQUIREMENTS / "distributed.txt"
    key = digest([lock], stamped("packages-base"), stamped("packages-test"))
    if stamped("packages-distributed") == key:
        return

    def work() -> str:
        run(
            [
                VENV / "bin" / "uv",
                "pip",
                "install",
                "--quiet",
                "--require-hashes",
                "--python",
                PYTHON,
                "-r",
                lock,
            ]
        )
        stamp("packages-distributed", key)
        return "distributed"

    step("Python packages", work)


def compiled() -> None:
    """Our own modules as bytecode, also where the machine keeps Python from writing it: half of a start is compiling."""
    run([PYTHON, "-m", "compileall", "-q", "app", "config.py", "wsgi.py"])


def console() -> None:
    """`.venv/bin/redress`, which finds this checkout wherever it is called from."""
    target = VENV / "bin" / "redress"
    if not target.exists() or target.read_text("utf-8") != CONSOLE:
        target.write_text(CONSOLE, "utf-8")
        target.chmod(0o755)


def main(profile: str) -> None:
    """All steps in order."""
    begun = time.monotonic()
    environment()
    system.ensure(profile)
    packages(profile)
    if profile == "distributed":
        distributed()
    compiled()
    frontend.install()
    frontend.build()
    console()
    say(f"Set up in {time.monotonic() - begun:.1f} s")


def guarded(profile: str) -> None:
    """`main`, with troubles as words instead of traces."""
    try:
        main(profile)
    except Trouble as trouble:
        sys.exit(f"\n{trouble}\n\nThe whole log: {LOG}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next run goes on from here.")


if __name__ == "__main__":
    guarded(sys.argv[1] if len(sys.argv) > 1 else "run")
