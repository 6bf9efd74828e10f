"""Entry point of the `redress` command: hands the floors to the console face. Called by .venv/bin/redress."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)

if TYPE_CHECKING:
    from flask import Flask


def _settings(environ: Mapping[str, str]) -> Any:
    from config import Settings

    return Settings.from_env(environ)


def _rooms(settings: Any) -> Flask:
    from app.factory import create_rooms

    return create_rooms(settings)


def _work(app: Flask, database_url: str, wait: bool) -> None:  # noqa: FBT001 - a port handed in
    from app.worker.queue import run_worker

    run_worker(app, database_url, wait=wait)


def _demo() -> Any:
    return importlib.import_module("app.demo.desk")


def main() -> None:
    """`redress …`"""
    from app.cli.context import Parts
    from app.cli.main import redress

    redress(
        obj=Parts(
            root=str(ROOT),
            settings=_settings,
            rooms=_rooms,
            work=_work,
            seed_demo=lambda app: _demo().build(app),
            sign_ins=lambda: _demo().sign_ins(),
        ),
        prog_name="redress",
    )


if __name__ == "__main__":
    main()
