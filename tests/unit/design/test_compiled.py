"""Templates are compiled once an installation: the next process reads them, a changed way to compile does not."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from app.web.shared import compiled


@pytest.fixture
def start(tmp_path: Path) -> Any:
    """A process with one template; it says how often it compiled."""
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "one.html").write_text("<p>{{ 1 + 1 }}</p>")

    def begin(data: Path = tmp_path / "data") -> tuple[Flask, list[str]]:
        app = Flask("pages", template_folder=str(pages))
        app.extensions["redress"] = SimpleNamespace(settings=SimpleNamespace(data_dir=data))
        compiled.init_app(app)
        seen: list[str] = []
        compile_one = app.jinja_env.compile

        def counted(source: str, name: Any = None, *rest: Any, **more: Any) -> Any:
            seen.append(name)
            return compile_one(source, name, *rest, **more)

        app.jinja_env.compile = counted  # type: ignore[method-assign, assignment]
        return app, seen

    return begin


def drawn(app: Flask) -> str:
    return app.jinja_env.get_template("one.html").render()


def test_the_second_process_reads_what_the_first_compiled(start: Any) -> None:
    first, first_compiled = start()
    assert drawn(first) == "<p>2</p>"
    second, second_compiled = start()

    assert compiled.load_compiled(second) == 1
    assert drawn(second) == "<p>2</p>"
    assert (first_compiled, second_compiled) == (["one.html"], [])


def test_a_start_compiles_nothing(start: Any) -> None:
    app, seen = start()

    assert compiled.load_compiled(app) == 0
    assert seen == []


def test_what_was_loaded_is_there_before_the_first_page(start: Any) -> None:
    drawn(start()[0])
    app, _seen = start()
    compiled.load_compiled(app)

    assert [name for _loader, name in app.jinja_env.cache] == ["one.html"]


def test_a_changed_template_is_compiled_anew(start: Any, tmp_path: Path) -> None:
    drawn(start()[0])
    (tmp_path / "pages" / "one.html").write_text("<p>{{ 1 + 2 }}</p>")
    app, seen = start()

    assert compiled.load_compiled(app) == 0
    assert drawn(app) == "<p>3</p>"
    assert seen == ["one.html"]


def test_another_release_of_the_library_compiles_anew(
    start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn(start()[0])
    monkeypatch.setattr(compiled, "version", lambda _name: "99.0")
    app, seen = start()

    assert compiled.load_compiled(app) == 0
    assert drawn(app) == "<p>2</p>"
    assert seen == ["one.html"]


def test_without_a_folder_to_write_pages_are_still_drawn(start: Any, tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    app, seen = start(tmp_path / "a file" / "below it")

    assert compiled.load_compiled(app) == 0
    assert drawn(app) == "<p>2</p>"
    assert seen == ["one.html"]
    assert app.jinja_env.bytecode_cache is None
