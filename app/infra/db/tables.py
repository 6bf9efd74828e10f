"""Finds every room's models by name, so that migrations and checks see them without naming rooms."""

from __future__ import annotations

import importlib
from pathlib import Path

APP = Path(__file__).resolve().parents[2]


def load_all_models() -> None:
    """Import `app.<room>.models` of every room that has one."""
    for path in sorted(APP.glob("*/models.py")) + sorted(APP.glob("*/models/__init__.py")):
        room = path.relative_to(APP).parts[0]
        importlib.import_module(f"app.{room}.models")
