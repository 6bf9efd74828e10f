"""One commit, no binary floats near money, no hosts of package registries, settings and events in use."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import re
import sys

import pytest

from app.kernel.events import Event
from tests.architecture.house import APP, ROOT, rooms, shown, sources, tracked, tree_of

MONEY_MODULES = (
    "app/kernel/money.py",
    "app/kernel/amounts.py",
    "app/kernel/share.py",
    "app/ledger/",
    "app/corrections/",
    "app/exports/",
    "app/recompute/",
    "app/statements/",
    "app/terms/",
)
# Spelled in parts, so that this file does not find itself.
REGISTRIES = tuple(
    "".join(parts)
    for parts in [
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("yarn", "pkg.com"),
        ("crates", ".io"),
        ("maven", ".org"),
        ("rubygems", ".org"),
        ("proxy.golang", ".org"),
        ("jsdelivr", ".net"),
        ("unpkg", ".com"),
        ("cdnjs.cloud", "flare.com"),
        ("fonts.google", "apis.com"),
    ]
)


# Settings that are checked at start here and read elsewhere, with where.
READ_ELSEWHERE = {
    "database_owner_url": "from the environment by `redress migrate` and the launcher",
    "database_auditor_url": "from the environment by the auditors' own tools",
}


def test_only_the_transaction_commits() -> None:
    committing = [
        f"{shown(path)}:{node.lineno}"
        for path in sources()
        if "infra/db" not in path.as_posix() and "infra/embedded" not in path.as_posix()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}
    ]

    assert committing == []


def test_no_float_comes_near_money() -> None:
    floats = [
        f"{shown(path)}:{node.lineno}"
        for path in sources()
        if shown(path).startswith(MONEY_MODULES)
        for node in ast.walk(tree_of(path))
        if _is_float(node)
    ]

    assert floats == []


def test_no_package_registry_is_named_in_the_tree() -> None:
    pattern = re.compile("|".join(map(re.escape, REGISTRIES)))

    assert [shown(p) for p in tracked() if pattern.search(p.read_text(errors="replace"))] == []


def test_every_setting_is_read() -> None:
    config = pytest.importorskip("config")
    pytest.importorskip("app.cli")
    pytest.importorskip("app.worker")
    code = "\n".join(path.read_text() for path in [*sources(), ROOT / "wsgi.py"] if path.exists())

    unread = [
        field.name
        for field in dataclasses.fields(config.Settings)
        if field.name not in READ_ELSEWHERE
        and not re.search(rf"(settings|config|\bs)\.{field.name}\b", code)
    ]

    assert unread == []


def test_every_event_is_in_the_table_of_reactions() -> None:
    reactions = pytest.importorskip("app.workflows.reactions").REACTIONS
    for room in rooms():
        if (room / "events.py").exists():
            importlib.import_module(f"app.{room.name}.events")

    missing = [event.__name__ for event in _all(Event) if event not in reactions]

    assert missing == []


def test_nothing_reads_the_clock_below_infra() -> None:
    reading = [
        f"{shown(path)}:{node.lineno}"
        for path in sources()
        if not shown(path).startswith(("app/infra/", "app/cli/"))
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in {"utcnow", "today"}
    ]

    assert reading == []
    assert APP.exists()


def _is_float(node: ast.AST) -> bool:
    """A literal, a conversion or an annotation; asking `isinstance` in order to refuse is fine."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float)
    named: ast.AST | None = None
    if isinstance(node, ast.Call):
        named = node.func
    elif isinstance(node, ast.arg | ast.AnnAssign):
        named = node.annotation
    elif isinstance(node, ast.FunctionDef):
        named = node.returns
    return any(
        isinstance(part, ast.Name) and part.id == "float" for part in ast.walk(named or ast.Pass())
    )


def _all(base: type[Event]) -> list[type[Event]]:
    """Event classes as their modules name them; a slotted dataclass leaves its plain twin behind."""
    below = [cls for sub in base.__subclasses__() for cls in [sub, *_all(sub)]]
    ours = [cls for cls in below if cls.__module__.startswith("app.")]
    return [cls for cls in ours if getattr(sys.modules[cls.__module__], cls.__name__, None) is cls]
