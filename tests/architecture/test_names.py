"""The same names in every room, and the field's own words (docs/glossary.md)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.house import APP, rooms, shown, sources, tree_of

FILES = frozenset({"rules", "commands", "events", "models", "queries", "service", "jobs", "checks"})
FOLDERS = frozenset({"rules", "queries", "service", "formats", "packs", "adapters"})
FORBIDDEN_FILES = frozenset(
    {"utils", "util", "helpers", "helper", "manager", "misc", "common", "audit"}
)

# Synonyms that hide which thing is meant, with the word to use.
SYNONYMS = {
    "ticket": "case",
    "plaintiff": "complainant",
    "defendant": "respondent",
    "escrow": "hold",
    "freeze": "hold",
    "holdback": "reserve",
    "refund": "correction",
    "recalculation": "correction",
    "vendor": "payee",
    "attachment": "evidence",
    "strike": "takedown",
    "entity": "party",
    "sla": "deadline",
    "album": "release",
    "song": "recording or work",
}
# Where the outside thing itself is meant: (part of the path, word).
ALLOWED = {
    ("app/web/shared/", "sla"),  # the chip's name in the design
    ("app/web/styleguide/", "sla"),
    ("app/infra/mail", "attachment"),  # of a mail message
    ("app/infra/render/", "attachment"),  # a file inside a PDF
    ("app/cases/rules/kinds", "refund"),  # the contract's sub-kind
}


def test_rooms_hold_only_the_fixed_names() -> None:
    strange = [
        shown(path)
        for room in rooms()
        for path in room.iterdir()
        if path.name not in {"__init__.py", "__pycache__"}
        and not (path.suffix == ".py" and path.stem in FILES)
        and not (path.is_dir() and path.name in FOLDERS)
    ]

    assert strange == []


def test_no_file_is_a_drawer_for_anything() -> None:
    assert [shown(path) for path in sources() if path.stem in FORBIDDEN_FILES] == []


def test_no_name_is_a_forbidden_synonym() -> None:
    found = [
        f"{shown(path)}:{line} {name}: say {SYNONYMS[word]}"
        for path in sources()
        for line, name in _names(path)
        for word in _words(name) & SYNONYMS.keys()
        if not _is_allowed(path, word)
    ]

    assert found == []


def test_folders_are_named_in_lower_case() -> None:
    odd = [shown(p) for p in APP.rglob("*") if p.is_dir() and not re.fullmatch(r"[a-z_]+", p.name)]

    assert odd == []


def _names(path: Path) -> Iterator[tuple[int, str]]:
    """Names this file gives: functions, classes, parameters, variables, columns."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def _words(name: str) -> set[str]:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return {word.removesuffix("s") for word in snake.split("_")} | set(snake.split("_"))


def _is_allowed(path: Path, word: str) -> bool:
    return any(part in shown(path) and word == allowed for part, allowed in ALLOWED)
