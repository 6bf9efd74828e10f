"""Migrations stand in one numbered line; the name of the file is the revision."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.house import ROOT, shown, tree_of

VERSIONS = ROOT / "migrations" / "versions"


def files() -> list[Path]:
    """Migrations in order of number."""
    return sorted(VERSIONS.glob("[0-9]*.py"))


def test_migrations_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in files()]

    assert numbers == list(range(1, len(numbers) + 1))
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", path.name) for path in files())


def test_each_migration_follows_the_one_before() -> None:
    chain = [(_constant(path, "revision"), _constant(path, "down_revision")) for path in files()]

    stems = [path.stem for path in files()]
    assert chain == list(zip(stems, [None, *stems[:-1]], strict=True))


def test_migrations_import_nothing_of_the_rooms() -> None:
    importing = [
        f"{shown(path)}: {node.module}"
        for path in files()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("app.")
        and not (node.module or "").startswith("app.infra.db")
    ]

    assert importing == []


def _constant(path: Path, name: str) -> object:
    for node in tree_of(path).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if name in names and isinstance(node, ast.Assign | ast.AnnAssign):
            assert isinstance(node.value, ast.Constant)
            return node.value.value
    raise AssertionError(f"{path.name} has no {name}")
