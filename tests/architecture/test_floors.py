"""The floor plan holds: contracts kept, rules pure, tables touched only by their own room."""

from __future__ import annotations

import subprocess
import sys
import tomllib

from importlinter.cli import lint_imports

from tests.architecture.house import ROOT, graph, rooms


def test_the_import_contracts_are_kept() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None) == 0


def test_the_contract_inside_a_room_names_every_room() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = {c["id"]: c for c in config["tool"]["importlinter"]["contracts"]}

    named = set(contracts["inside-a-room"]["containers"])

    assert named == {f"app.{room.name}" for room in rooms()}


def test_the_contract_between_faces_names_every_face() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = {c["id"]: c for c in config["tool"]["importlinter"]["contracts"]}
    folders = {path.parent.name for path in (ROOT / "app" / "web").glob("*/__init__.py")}

    named = set(contracts["audiences"]["modules"])

    assert named == {f"app.web.{name}" for name in folders - {"shared"}}


def test_rules_and_kernel_load_no_framework() -> None:
    pure = [name for name in graph().modules if _is_pure(name)]
    program = (
        "import importlib, sys\n"
        f"for name in {sorted(pure)!r}: importlib.import_module(name)\n"
        "bad = {'flask', 'sqlalchemy', 'flask_babel', 'boto3', 'jinja2'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(bad)) or 0)"
    )

    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (run.returncode, run.stderr) == (0, "")


def test_a_service_imports_only_its_own_rooms_models() -> None:
    foreign = [
        f"{importer} -> {imported}"
        for importer in graph().modules
        if _part(importer, 2) == "service"
        for imported in graph().find_modules_directly_imported_by(importer)
        if _part(imported, 2) == "models" and _part(imported, 1) != _part(importer, 1)
    ]

    assert foreign == []


def test_faces_and_workflows_never_reach_down_to_models() -> None:
    reached = [
        f"{importer} -> {imported}"
        for importer in graph().modules
        if _part(importer, 1) in {"web", "api", "cli", "worker", "workflows", "demo"}
        for imported in graph().find_modules_directly_imported_by(importer)
        if _part(imported, 2) == "models"
    ]

    assert reached == []


def _is_pure(name: str) -> bool:
    if name.startswith("app.kernel"):
        return True
    return name.startswith("app.") and _part(name, 2) in {"rules", "commands", "events"}


def _part(name: str, index: int) -> str:
    parts = name.split(".")
    return parts[index] if len(parts) > index else ""
