"""Templates are compiled once an installation, and loaded before the first page of any later process asks for them."""

from __future__ import annotations

import hashlib
import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flask import Flask
from jinja2 import FileSystemBytecodeCache

if TYPE_CHECKING:
    from app.infra.services import Services

PAGES = (".html", ".txt")
OTHERS = ("letters/", "emails/")
"""Drawn by environments of their own, in the worker."""


def init_app(app: Flask) -> None:
    """Keep what is compiled in the data folder; where nothing can be written each process compiles for itself."""
    services = cast("Services", app.extensions["redress"])
    folder = services.settings.data_dir / "templates"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return
    if os.access(folder, os.W_OK):
        app.jinja_env.bytecode_cache = _Compiled(str(folder))


def load_compiled(app: Flask) -> int:
    """Have every template at hand that was compiled before, for all processes forked from here; returns how many.

    It takes a tenth of a second; compiling all of them takes some two, so what is not compiled yet waits for the first
    page that asks for it, once an installation.
    """
    environment = app.jinja_env
    cache, loader = environment.bytecode_cache, environment.loader
    if cache is None or loader is None:
        return 0
    found = 0
    for name in environment.list_templates():
        if name.endswith(PAGES) and not name.startswith(OTHERS):
            source, filename, _is_fresh = loader.get_source(environment, name)
            if cache.get_bucket(environment, name, filename, source).code is not None:
                environment.get_template(name)
                found += 1
    return found


class _Compiled(FileSystemBytecodeCache):
    """The library looks at a template's own text alone; how it is compiled also follows from our environment and from
    the library, so a change of these makes it anew too.
    """

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        ours = sorted(Path(__file__).parent.glob("*.py"))
        told = hashlib.sha256(b"".join(file.read_bytes() for file in ours))
        self._way = f"{version('jinja2')} {told.hexdigest()}\n"

    def get_source_checksum(self, source: str) -> str:
        """Of the text and of the way it is compiled."""
        return super().get_source_checksum(self._way + source)
