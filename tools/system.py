"""System libraries and programs that no Python package brings: installed with apt where we may, else named."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from steps import Trouble, digest, run, stamp, stamped, step

LETTERS = (
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    "fonts-noto-core",
    "fonts-noto-cjk",
)
UPLOADS = ("libmagic1",)
TESTS = ("chromium", "poppler-utils", "qpdf")
RENAMED = {"libmagic1": ("libmagic1t64",), "chromium": ("chromium-browser",)}
WITHOUT = {
    LETTERS: "letters (PDF)",
    UPLOADS: "telling the type of an upload by its bytes",
    TESTS: "browser and PDF tests",
}


def _there(package: str) -> bool:
    for name in (package, *RENAMED.get(package, ())):
        asked = subprocess.run(
            ["dpkg-query", "-W", "-f=${db:Status-Status}", name],
            capture_output=True,
            text=True,
            check=False,
        )
        if asked.stdout.strip() == "installed":
            return True
    return False


def _may_install() -> list[str] | None:
    """How to call apt here, or None."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def install_now(missing: list[str]) -> str:
    """Install with apt when we may; a remark for the progress line either way."""
    prefix = _may_install()
    if prefix is None:
        return "missing: " + " ".join(missing)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        run([*prefix, "apt-get", "update", "-q"], env=quiet)
        run(
            [*prefix, "apt-get", "install", "-y", "-q", "--no-install-recommends", *missing],
            env=quiet,
        )
    except Trouble as problem:
        print(f"    {problem}", file=sys.stderr)
        return "could not install: " + " ".join(missing)
    return "installed " + " ".join(missing)


def ensure(profile: str) -> None:
    """Look, install what is missing when allowed, else say what will not work and go on."""
    groups = [LETTERS, UPLOADS] + ([TESTS] if profile == "test" else [])
    wanted = [name for group in groups for name in group]
    key = digest([], *wanted)
    if stamped(f"system-{profile}") == key:
        return
    if not shutil.which("dpkg-query"):
        print("  This is not Debian or Ubuntu. Wanted, by their Debian names: " + " ".join(wanted))
        return

    def work() -> str:
        missing = [name for name in wanted if not _there(name)]
        remark = install_now(missing) if missing else "all there"
        still = [name for name in missing if not _there(name)]
        for group in groups:
            lost = [name for name in group if name in still]
            if lost:
                print(
                    f"    without {' '.join(lost)}: no {WITHOUT[group]}. Ask an administrator: apt install {' '.join(lost)}"
                )
        if not still:
            stamp(f"system-{profile}", key)
        return remark

    step("System libraries", work)
