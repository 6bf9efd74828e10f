"""Nothing grows past what one person can hold: files, functions, classes, templates, styles."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.house import (
    APP,
    ROOT,
    TEMPLATES,
    code_lines,
    rooms,
    shown,
    sources,
    tree_of,
)

# Tables of data may be long; each is named here with what it holds.
TABLES_OF_DATA: dict[str, str] = {}

FILE_LIMIT = 400
FUNCTION_LIMIT = 50
ROUTE_LIMIT = 25
CLASS_LIMIT = 250


def test_modules_stay_small() -> None:
    long = {shown(p): code_lines(p) for p in sources() if code_lines(p) > FILE_LIMIT}

    assert {name: n for name, n in long.items() if name not in TABLES_OF_DATA} == {}


def test_package_doors_hold_a_docstring_only() -> None:
    full = [shown(p) for p in sources() if p.name == "__init__.py" and code_lines(p) > 40]

    assert full == []


@pytest.mark.parametrize(
    ("folder", "pattern", "limit"),
    [
        ("tests", "test_*.py", 500),
        ("tests", "conftest.py", 200),
        ("templates", "*.html", 250),
        ("static/css", "*.css", 300),
        ("static/js", "*.js", 300),
    ],
)
def test_other_files_stay_small(folder: str, pattern: str, limit: int) -> None:
    long = {
        shown(p): code_lines(p) for p in (ROOT / folder).rglob(pattern) if code_lines(p) > limit
    }

    assert long == {}


def test_functions_stay_short() -> None:
    long = {
        f"{shown(path)}:{node.lineno} {node.name}": _length(node)
        for path in sources()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and _length(node) > FUNCTION_LIMIT
    }

    assert long == {}


def test_routes_stay_short() -> None:
    long = {
        f"{shown(path)}:{node.lineno} {node.name}": _length(node)
        for path in [*sources(APP / "web"), *sources(APP / "api")]
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef) and _is_route(node) and _length(node) > ROUTE_LIMIT
    }

    assert long == {}


def test_classes_stay_small() -> None:
    long = {
        f"{shown(path)}:{node.lineno} {node.name}": _length(node)
        for path in sources()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and _length(node) > CLASS_LIMIT
    }

    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [shown(p) for p in sources() if not ast.get_docstring(tree_of(p))]

    assert silent == []


def test_room_count_has_its_cap() -> None:
    # Rooms as ADR 0001 means them: one a capability; faces, workflows and the ground are none (ADR 0037).
    assert len(rooms()) <= 30
    assert TEMPLATES.exists()


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    """Lines from the name to the end, without decorators."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _is_route(node: ast.FunctionDef) -> bool:
    verbs = {"get", "post", "put", "patch", "delete", "route"}
    return any(
        isinstance(mark, ast.Call)
        and isinstance(mark.func, ast.Attribute)
        and mark.func.attr in verbs
        and isinstance(mark.func.value, ast.Name)
        and mark.func.value.id.endswith("bp")
        for mark in node.decorator_list
    )
