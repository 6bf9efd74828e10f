"""`make clean`: remove everything that set-up and tests made, never the data folder. Standard library only."""

from __future__ import annotations

import shutil

from steps import ROOT

MADE = (
    ".venv",
    "frontend/node_modules",
    "static/vendor",
    "static/build",
    "test-results",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
    ".import_linter_cache",
)

if __name__ == "__main__":
    for name in MADE:
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for cache in [path for path in ROOT.rglob("__pycache__") if ".git" not in path.parts]:
        shutil.rmtree(cache, ignore_errors=True)
    print("Clean. The data folder (REDRESS_DATA, by default var/) was left alone.")
