"""What the house tests look at: tracked files, rooms, syntax trees, the import graph."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
TEMPLATES = ROOT / "templates"
NO_ROOMS = frozenset(
    {"infra", "kernel", "edge", "web", "api", "cli", "worker", "workflows", "demo"}
)


def rooms() -> list[Path]:
    """Folders of app/ that are rooms, in order of name."""
    folders = [path.parent for path in APP.glob("*/__init__.py")]
    return sorted(path for path in folders if path.name not in NO_ROOMS)


def sources(folder: Path = APP) -> list[Path]:
    """Python files below *folder*, without caches."""
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def tracked() -> list[Path]:
    """Files git knows, that exist and are text."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:2048]]


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(), filename=str(path))


@cache
def graph() -> grimp.ImportGraph:
    """Who imports whom in app, with outside packages squashed."""
    return grimp.build_graph("app", include_external_packages=True, cache_dir=None)


def shown(path: Path) -> str:
    """The path as a person would name it."""
    return str(path.relative_to(ROOT))


def code_lines(path: Path) -> int:
    """Lines that are not blank."""
    return sum(1 for line in path.read_text().splitlines() if line.strip())
