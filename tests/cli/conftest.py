"""The console on this worker's database, and an application context where a test looks at the result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli.context import Parts
from app.cli.main import redress
from config import Settings
from tests.support.application import environment

Console = Callable[..., Result]


@pytest.fixture
def environ(pg: dict[str, Any], tmp_path: Path) -> dict[str, str]:
    """What an operator would set."""
    return environment(pg) | {"REDRESS_DATA": str(tmp_path)}


@pytest.fixture
def console(environ: dict[str, str], empty: Callable[[], None]) -> Any:
    """`console("users", "create", …)` runs the command; `with_=` changes the environment."""
    from app.factory import create_rooms

    def run(*words: str, with_: dict[str, str | None] | None = None) -> Result:
        given = environ | (with_ or {})
        parts = Parts(
            root=".",
            settings=Settings.from_env,
            rooms=create_rooms,
            work=lambda app, url, wait: None,
            seed_demo=lambda app: None,
            sign_ins=lambda: ["somebody"],
            environ={name: word for name, word in given.items() if word is not None},
        )
        return CliRunner().invoke(redress, list(words), obj=parts, catch_exceptions=False)

    yield run
    empty()
